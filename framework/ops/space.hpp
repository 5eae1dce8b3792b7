// The row spaces of values. A value of a graph is a matrix of rows x width. Its space gives the
// number of rows: one per row of the batch, or one per pixel of the batch's images at a stride.
// Extents become known with each batch, so a network does not depend on them.
#pragma once

#include <cstdint>
#include <string>

namespace laconic::ops {

// The sizes of a batch: its rows, and the height and width of its images in pixels (0 without
// images). The largest ones are known when memory is planned.
struct Extents {
  int64_t rows = 0;
  int64_t height = 0;
  int64_t width = 0;

  Extents() = default;
  Extents(int64_t of_rows, int64_t of_height = 0, int64_t of_width = 0)
      : rows(of_rows), height(of_height), width(of_width) {}
  bool operator==(const Extents&) const = default;
  // Returns whether a batch of these sizes fits into memory for `largest`.
  bool fits(const Extents& largest) const {
    return rows <= largest.rows && height <= largest.height && width <= largest.width;
  }
};

// The sizes of one value: items x height x width rows. An item is a row of the batch; where values
// are no pixels, height and width are 1. Pixels are in the order (item, y, x), x the fastest.
struct Extent {
  int64_t items = 0;
  int64_t height = 1;
  int64_t width = 1;

  int64_t pixels() const { return height * width; }  // per item
  int64_t rows() const { return items * pixels(); }
  bool operator==(const Extent&) const = default;
};

struct Space {
  enum class Kind { rows, pixels };
  Kind kind = Kind::rows;
  int64_t stride = 1;  // of pixels: an image of h x w has ceil(h / stride) x ceil(w / stride)

  static Space pixels(int64_t stride) { return {Kind::pixels, stride}; }
  bool is_pixels() const { return kind == Kind::pixels; }
  bool operator==(const Space&) const = default;

  Extent extent(const Extents& batch) const {
    if (kind == Kind::rows) return {.items = batch.rows};
    return {batch.rows, (batch.height + stride - 1) / stride, (batch.width + stride - 1) / stride};
  }
};

// Returns "rows" or "pixels/2".
std::string to_text(const Space& space);
// Returns the space; Error(config) if the text names none.
Space space_from(const std::string& text);

}  // namespace laconic::ops
