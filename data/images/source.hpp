// The base of the options of every image format, for files and generators.
#pragma once

#include "data/images/images.hpp"
#include "data/source.hpp"

namespace laconic::data {

class ImageSource : public config::Options {
 public:
  static constexpr Kind kind = Kind::images;

  // Reads or draws the images. Random parts depend on `seed` alone. Error(data) names file and
  // offset.
  virtual Images load(int64_t seed) const = 0;
};

// Loads the images that the configuration selects. Its format must be an image format.
inline Images load_images(const SourceOptions& source) {
  return source.format.as<ImageSource>().load(source.seed);
}

}  // namespace laconic::data
