#include "data/images/images.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::data {

PixelMap standardised(const Images& images) {
  int64_t sum = 0, squares = 0;  // exact below 2^47 pixels
  for (const int32_t i : images.split.train)
    for (const int64_t b : images.image(i)) {
      sum += b;
      squares += b * b;
    }
  const auto n = static_cast<double>(images.values()) *
                 static_cast<double>(std::max<size_t>(1, images.split.train.size()));
  const double mean = static_cast<double>(sum) / n;
  const double variance = static_cast<double>(squares) / n - mean * mean;
  const double scale = 1 / std::sqrt(variance > 0 ? variance : 1);
  return {static_cast<float>(scale), static_cast<float>(-mean * scale)};
}

std::vector<uint8_t> three_channels(const std::vector<uint8_t>& grey) {
  std::vector<uint8_t> pixels;
  pixels.reserve(3 * grey.size());
  for (const uint8_t each : grey) pixels.insert(pixels.end(), 3, each);
  return pixels;
}

}  // namespace laconic::data
