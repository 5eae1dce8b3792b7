#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>
// The library's header needs FILE and size_t.
#include <jpeglib.h>

#include "data/images/formats/picture_codecs.hpp"

namespace laconic::data {
namespace {

struct Errors {
  jpeg_error_mgr base;  // the first member: the library knows its address
  std::jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
};

void on_jpeg_error(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<Errors*>(jpeg->err);
  jpeg->err->format_message(jpeg, errors->message);
  std::longjmp(errors->leave, 1);
}

// The first warning counts as damage: the library goes on with grey pixels.
void on_message(j_common_ptr jpeg, int level) {
  if (level < 0) on_jpeg_error(jpeg);
}

enum class JpegOutcome { read, cmyk, large, damaged };

JpegOutcome read(jpeg_decompress_struct& jpeg, Errors& errors, std::string_view content,
                 Picture& picture) {
  if (setjmp(errors.leave) != 0) return JpegOutcome::damaged;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(content.data()), content.size());
  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK)
    return JpegOutcome::cmyk;
  const bool grey = jpeg.jpeg_color_space == JCS_GRAYSCALE;
  picture.height = jpeg.image_height;
  picture.width = jpeg.image_width;
  picture.channels = grey ? 1 : 3;
  if (picture.height > longest_side || picture.width > longest_side ||
      picture.height * picture.width > most_pixels)
    return JpegOutcome::large;
  jpeg.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  const int64_t row_bytes = picture.width * picture.channels;
  picture.pixels.resize(row_bytes * picture.height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = picture.pixels.data() + jpeg.output_scanline * row_bytes;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return JpegOutcome::read;
}

}  // namespace

std::string decode_jpeg(std::string_view content, Picture& picture) {
  Errors errors{};
  jpeg_decompress_struct jpeg{};
  jpeg.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = on_jpeg_error;
  errors.base.emit_message = on_message;
  jpeg_create_decompress(&jpeg);
  const JpegOutcome outcome = read(jpeg, errors, content, picture);
  jpeg_destroy_decompress(&jpeg);
  if (outcome == JpegOutcome::damaged) return fmt::format("damaged JPEG file: {}", errors.message);
  if (outcome == JpegOutcome::cmyk)
    return "has CMYK colours; mogrify -colorspace sRGB FILE converts them";
  if (outcome == JpegOutcome::large)
    return fmt::format("{} x {} pixels; allowed: {} on a side, {} in all", picture.height,
                       picture.width, longest_side, most_pixels);
  return {};
}

}  // namespace laconic::data
