// An array of a file from outside: numbers of any type, or texts, with at most two dimensions where
// it is used. Readers (npy, table) make it; recognition converts it. Every conversion is exact, or
// counts what it rounded, or fails with the NumPy expression that makes the wanted values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace laconic::data {

enum class ArrayType { flags, integers, naturals, reals, texts };  // naturals: unsigned

struct Array {
  std::string where;  // "graph.npz: edge_index", for messages
  ArrayType type = ArrayType::reals;
  int width = 8;               // bytes of a number
  std::vector<int64_t> shape;  // empty: one value
  std::string bytes = {};      // the numbers, row by row, in the byte order of this machine
  bool is_table = false;       // of a text file, whose columns may hold different things
  std::vector<std::string> header = {};                    // of a table, in lower case; or empty
  std::map<int64_t, std::vector<std::string>> texts = {};  // by column; there the numbers are NaN

  int64_t size() const;  // entries
  int64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  int64_t cols() const { return shape.size() < 2 ? 1 : shape[1]; }
  bool is_text() const { return type == ArrayType::texts; }
};

// Returns whole numbers, row by row. NaN becomes `nan`, or is refused like every other fraction.
// `remedy` ends the message: what to type instead.
std::vector<int64_t> to_integers(const Array& array, const std::string& remedy,
                                 std::optional<int64_t> nan = {});

// Returns floats, row by row, and adds the number of those that are not equal to the file's numbers
// to `rounded`.
std::vector<float> to_floats(const Array& array, int64_t& rounded);

// Returns the numbers as they are, for tests of all of them.
std::vector<double> to_doubles(const Array& array);

// Returns the columns [first, first + count) of an array with two dimensions.
Array columns(const Array& array, int64_t first, int64_t count);

// Returns "[2708, 1433]".
std::string shape_text(const Array& array);

// Returns whether every number is 0 or 1, of any type.
bool is_zero_one(const Array& array);

}  // namespace laconic::data
