// A labelled set of images in memory, with one class per image. Pixels are bytes, as in the files;
// batches convert them to floats.
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
  std::vector<int32_t> labels;  // from 0 to classes - 1; -1 = none
  Split split;
  std::vector<std::string> class_names;  // may be empty
  std::vector<std::string> names;        // of the images' files; may be empty

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
  int64_t values() const { return height * width * channels; }  // per image
  std::span<const uint8_t> image(int64_t i) const {
    return std::span(pixels).subspan(i * values(), values());
  }
};

// Maps a pixel's byte b to the network's input scale * b + shift.
struct PixelMap {
  float scale = 1.0f / 255;
  float shift = 0;
};
// Returns the map to zero mean and unit variance over all pixels of the training images.
PixelMap standardised(const Images& images);

// Returns grey pixels as coloured ones, with three equal channels.
std::vector<uint8_t> three_channels(const std::vector<uint8_t>& grey);

}  // namespace laconic::data
