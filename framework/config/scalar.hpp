// Reads and prints the text of one value. Reading is strict, and reading a printed text gives the
// same value. The same code reads the file, the command line and a sweep's rows. Numbers are
// decimal; nothing depends on the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace laconic::config {

// A value, or the error of the text ("leading zeros are not read: write 10").
template <class T>
struct Parsed {
  std::optional<T> value;
  std::string error;
};

// Reads a whole number: 1000, -3, 1e3, 2.5e6. Refuses 010, 0x10, 1_000, 3.0, 1.5e0, and numbers
// beyond 64 bits.
Parsed<int64_t> parse_integer(std::string_view text);

// Reads a finite number: 1, .5, 1e-3. Refuses .nan, .inf, 1e999 (overflow), 1e-999 (would become
// 0), 007, 0x1p3.
Parsed<double> parse_real(std::string_view text);

// Reads true or false, in exactly these letters.
Parsed<bool> parse_flag(std::string_view text);

std::string print_integer(int64_t value);
std::string print_real(double value);  // the shortest digits that are read as the same bits
std::string print_flag(bool value);
// Returns a YAML scalar on one line. It is in double quotes unless the value has only letters,
// digits and _ . / -
std::string print_text(std::string_view value);

}  // namespace laconic::config
