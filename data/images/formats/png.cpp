#include <fmt/format.h>
#include <png.h>

#include <cstring>

#include "data/images/formats/picture_codecs.hpp"

namespace laconic::data {
namespace {

struct Reading {
  std::string_view rest;
  char message[200] = {};
};

void on_png_error(png_structp png, png_const_charp message) {
  auto* reading = static_cast<Reading*>(png_get_error_ptr(png));
  std::strncpy(reading->message, message, sizeof reading->message - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, size_t count) {
  auto* reading = static_cast<Reading*>(png_get_io_ptr(png));
  if (count > reading->rest.size()) png_error(png, "the file ends too early");
  std::memcpy(to, reading->rest.data(), count);
  reading->rest.remove_prefix(count);
}

enum class PngOutcome { read, deep, large, damaged };

// Reads into memory that `picture` and `rows` own. They are the caller's, since an error leaves this
// function by longjmp, which runs no destructor.
PngOutcome read(png_structp png, png_infop info, Picture& picture, std::vector<png_bytep>& rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return PngOutcome::damaged;
  png_set_user_limits(png, longest_side, longest_side);
  png_set_chunk_malloc_max(png, 1 << 24);
  png_read_info(png, info);
  picture.height = png_get_image_height(png, info);
  picture.width = png_get_image_width(png, info);
  if (png_get_bit_depth(png, info) == 16) return PngOutcome::deep;
  if (picture.height * picture.width > most_pixels) return PngOutcome::large;
  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  picture.channels = png_get_channels(png, info);
  const size_t row_bytes = png_get_rowbytes(png, info);
  picture.pixels.resize(row_bytes * picture.height);
  rows.resize(picture.height);
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = picture.pixels.data() + y * row_bytes;
  png_read_image(png, rows.data());
  png_read_end(png, nullptr);
  return PngOutcome::read;
}

// Drops the channel of transparency, if nothing is transparent.
bool drop_alpha(Picture& picture) {
  const int64_t all = picture.channels, kept = all - 1;
  if (all != 2 && all != 4) return true;
  const int64_t pixels = picture.height * picture.width;
  for (int64_t i = 0; i < pixels; ++i) {
    if (picture.pixels[i * all + kept] != 255) return false;
    for (int64_t c = 0; c < kept; ++c) picture.pixels[i * kept + c] = picture.pixels[i * all + c];
  }
  picture.channels = kept;
  picture.pixels.resize(pixels * kept);
  return true;
}

}  // namespace

std::string decode_png(std::string_view content, Picture& picture) {
  Reading reading{.rest = content};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_png_error, on_warning);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  if (info == nullptr) return "no memory to decode it";
  png_set_read_fn(png, &reading, on_read);
  std::vector<png_bytep> rows;
  const PngOutcome outcome = read(png, info, picture, rows);
  png_destroy_read_struct(&png, &info, nullptr);
  if (outcome == PngOutcome::damaged) return fmt::format("damaged PNG file: {}", reading.message);
  if (outcome == PngOutcome::deep)
    return "has 16 bits per value; mogrify -depth 8 FILE rounds them to 8";
  if (outcome == PngOutcome::large)
    return fmt::format("{} x {} pixels; allowed: {} in all", picture.height, picture.width,
                       most_pixels);
  if (!drop_alpha(picture))
    return "has transparent pixels; mogrify -background white -alpha remove -alpha off FILE "
           "removes "
           "them";
  return {};
}

}  // namespace laconic::data
