// The one list of image formats. Adding one = a file under formats/ and a line here.
#include <array>

#include "data/images/formats/formats.hpp"
#include "data/images/source.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {

std::span<const ImageFormat> image_formats() {
  static const std::array formats = {idx_format(), shapes_format()};
  return formats;
}

Images load_images(const SourceOptions& options) {
  for (const ImageFormat& format : image_formats())
    if (options.format == format.name) return format.load(options);
  fail(ExitCode::config, "data.source.format: {} holds no images", options.format);
}

}  // namespace laconic::data
