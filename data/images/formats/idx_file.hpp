// Reads one file in the idx format of MNIST, plain or gzip. The file has a magic number (two zero
// bytes, the type, the number of dimensions), the dimensions as big-endian 32-bit numbers, then
// bytes. The sizes in the header are compared with the size of the file before memory is allocated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic::data {

struct IdxFile {
  std::vector<int64_t> sizes;  // 1 dimension: labels; 3: grey images; 4: channels last
  std::vector<uint8_t> bytes;
  int64_t header() const { return 4 + 4 * static_cast<int64_t>(sizes.size()); }
};

// Reads a file. Error(data) names the path and the offset in the unpacked file. Causes: damaged
// gzip, another magic number, a dimension of zero or above 2^31 - 1, a file too short or too long.
IdxFile read_idx(const std::string& path);

// Returns whether the name ends with "-ubyte" or ".idx", with or without ".gz".
bool is_idx_name(const std::string& path);

}  // namespace laconic::data
