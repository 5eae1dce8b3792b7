// One file in the idx format of MNIST: a magic number (two zero bytes, the type, the number of
// dimensions), the dimensions as big-endian 32-bit numbers, then bytes. Plain or gzip. Whatever the
// file claims is checked against what it can hold before memory is taken for it.
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

// Error(data) with the path and the offset in the unpacked file: damaged gzip, another magic
// number, a dimension of zero or beyond 2^31 - 1, too short, too long.
IdxFile read_idx(const std::string& path);

// By the end of its name: "-ubyte" or ".idx", with or without ".gz".
bool is_idx_name(const std::string& path);

}  // namespace laconic::data
