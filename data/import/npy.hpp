// Reads NumPy's files: .npy (one array) and .npz (a zip of them). Versions 1 to 3, both byte
// orders, C and Fortran order, bool, integers, reals of 2, 4 and 8 bytes, texts. Nothing in a file
// is trusted, and pickled objects are refused: reading them would run the file's code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/import/array.hpp"

namespace laconic::data {

bool is_npy(std::string_view content);

// Reads the bytes of a .npy file. `where` begins every message. Error(data).
Array read_npy(std::string content, const std::string& where);

// Returns what stands before the numbers of a .npy file. `type`: as NumPy names it, "<f4".
std::string npy_header(const std::string& type, const std::vector<int64_t>& shape);

// An array of a .npz file that could not be read, and why.
struct LeftOut {
  std::string name, reason;
};

// Reads the arrays of a .npz file; `where` is its path. Arrays of pickled objects are listed in
// `left_out` instead: often nobody needs them. Error(data).
std::vector<std::pair<std::string, Array>> read_npz(const std::string& content,
                                                    const std::string& where,
                                                    std::vector<LeftOut>& left_out);

}  // namespace laconic::data
