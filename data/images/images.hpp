// A labelled set of images in memory, one class an image. Pixels are bytes, as the files have them;
// batches turn them into numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/split.hpp"

namespace laconic::data {

struct Images {
  std::string name;
  int64_t height = 0, width = 0, channels = 1;
  std::vector<uint8_t> pixels;  // count x height x width x channels
  int32_t classes = 0;
  std::vector<int32_t> labels;  // from 0 to classes - 1
  Split split;
  std::vector<std::string> class_names;  // may be empty

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
  int64_t values() const { return height * width * channels; }  // of an image
  std::span<const uint8_t> image(int64_t i) const {
    return std::span(pixels).subspan(i * values(), values());
  }
};

// What a network is given for a byte b: scale * b + shift.
struct PixelMap {
  float scale = 1.0f / 255;
  float shift = 0;
};
// Zero mean and unit variance of all pixels of the training images together.
PixelMap standardised(const Images& images);

}  // namespace laconic::data
