// Decodes one PNG or JPEG picture from memory, to bytes: grey or red, green, blue. What cannot be
// held exactly so is refused: 16 bits per value, transparency, CMYK.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace laconic::data {

struct Picture {
  int64_t height = 0, width = 0, channels = 1;  // 1: grey; 3: red, green, blue
  std::vector<uint8_t> pixels;                  // height x width x channels
};

// Decodes the content of the file `path`. Error(data) if it is damaged or of another kind.
Picture decode(std::string_view content, const std::string& path);

}  // namespace laconic::data
