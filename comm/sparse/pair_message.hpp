// A list of pairs as one block of bytes: its count (4 bytes), the coded indices, the values. The
// code depends on the window that contains the indices. The reader knows the window, or it is
// written before the block.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "framework/ops/codec/codec.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

using Bytes = std::vector<std::byte>;

struct PairFormat {
  ops::IndexCodec codec = ops::IndexCodec::plain;
  ops::ValueType type = ops::ValueType::float32;

  // Returns the approximate size on the wire, at densities around 1 %.
  double bytes_per_pair() const {
    return (codec == ops::IndexCodec::plain     ? 4
            : codec == ops::IndexCodec::delta16 ? 2
                                                : 1.1) +
           (type == ops::ValueType::bfloat16 ? 2 : 4);
  }
  // Returns the value that a receiver reads for x.
  float rounded(float x) const {
    return type == ops::ValueType::bfloat16 ? ops::to_bfloat16(x) : x;
  }
};

// A part of the index space: [first, first + length).
struct Window {
  int64_t first = 0;
  int64_t length = 0;
  int64_t end() const { return first + length; }
};

// Pairs (index, value), indices ascending.
struct PairView {
  std::span<const int32_t> indices;
  std::span<const float> values;
  int64_t size() const { return static_cast<int64_t>(indices.size()); }
  PairView part(int64_t begin, int64_t end) const {
    return {indices.subspan(begin, end - begin), values.subspan(begin, end - begin)};
  }
};

inline PairView view(const ops::SparseVector& pairs) {
  return {pairs.indices, pairs.values};
}

// Returns the part of `pairs` whose indices lie in the window.
PairView within(PairView pairs, const Window& window);

// Appends the block to `out`. All indices lie in the window.
void write_pairs(const PairFormat& format, PairView pairs, const Window& window, Bytes& out);
// Reads the block at the front of `bytes`, appends its pairs to `out` and returns the block's
// length in bytes. Error(communication) if the bytes are no block of pairs in the window.
int64_t read_pairs(const PairFormat& format, std::span<const std::byte> bytes, const Window& window,
                   ops::SparseVector& out);

// Write and read a block with the narrowest window before it (8 bytes). `space`: the window that
// the reader allows.
void write_spanning_pairs(const PairFormat& format, PairView pairs, Bytes& out);
int64_t read_spanning_pairs(const PairFormat& format, std::span<const std::byte> bytes,
                            const Window& space, ops::SparseVector& out);

}  // namespace laconic::comm
