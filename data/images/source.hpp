// Where images come from: one list of formats. Each is a file under data/images/formats and a line
// in list.cpp.
#pragma once

#include <span>
#include <string>

#include "data/images/images.hpp"
#include "data/source.hpp"

namespace laconic::data {

struct ImageFormat {
  const char* name;
  const char* help;
  Images (*load)(const SourceOptions&);
};
std::span<const ImageFormat> image_formats();

// Error(data) with file and offset.
Images load_images(const SourceOptions& options);

}  // namespace laconic::data
