// Builds batches of images. The units are the images of a list. Building converts bytes to floats
// and allocates nothing.
#pragma once

#include "data/batches.hpp"
#include "data/images/images.hpp"

namespace laconic::data {

class ImageBatches final : public Batches {
 public:
  // Unit u is image rows[u]. `map` is applied to pixels. In the space of pixels a row of the input is
  // a pixel; else it is an image.
  // Lifetime: `images` must outlive this object and its batches.
  ImageBatches(const Images& images, std::vector<int32_t> rows, int64_t images_per_batch,
               const PixelMap& map, const ops::Space& space = ops::Space::pixels(1));

  int32_t units() const override { return static_cast<int32_t>(rows_->size()); }
  int32_t units_per_batch() const override { return per_batch_; }
  int64_t labels_in(std::span<const int32_t> group) const override { return std::ssize(group); }
  int64_t rows() const override { return units(); }
  int64_t max_rows() const override { return per_batch_; }
  ops::Extents largest() const override { return {per_batch_, images_.height, images_.width}; }
  std::unique_ptr<Batch> make_batch() const override;

 private:
  const Images& images_;
  std::shared_ptr<const std::vector<int32_t>> rows_;  // shared with batches
  int32_t per_batch_;
  PixelMap map_;
  ops::Space space_;
};

}  // namespace laconic::data
