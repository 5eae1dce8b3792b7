// The two codecs behind decode(). Each is a C library that leaves by longjmp, so each is in a file
// of its own, and holds nothing that needs a destructor between setjmp and longjmp.
#pragma once

#include <string>
#include <string_view>

#include "data/images/formats/picture.hpp"

namespace laconic::data {

inline constexpr int64_t longest_side = 1 << 14;  // pixels
inline constexpr int64_t most_pixels = 1 << 26;   // per picture

// Fill the picture. Return what is wrong; empty: nothing.
std::string decode_png(std::string_view content, Picture& picture);
std::string decode_jpeg(std::string_view content, Picture& picture);

}  // namespace laconic::data
