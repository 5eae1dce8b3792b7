// The text of one value: read strictly, printed so that reading gives the same value back. The same
// code reads the file, the command line and a sweep's rows. Numbers are decimal; nothing depends on
// the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace laconic::config {

// A value, or why the text is none ("leading zeros are not read: write 10").
template <class T>
struct Parsed {
  std::optional<T> value;
  std::string error;
};

// A whole number: 1000, -3, 1e3, 2.5e6. Refused: 010, 0x10, 1_000, 3.0, 1.5e0, beyond 64 bits.
Parsed<int64_t> parse_integer(std::string_view text);

// A finite number: 1, .5, 1e-3. Refused: .nan, .inf, 1e999 (overflow), 1e-999 (would become 0),
// 007, 0x1p3.
Parsed<double> parse_real(std::string_view text);

// true or false, in these letters.
Parsed<bool> parse_flag(std::string_view text);

std::string print_integer(int64_t value);
std::string print_real(double value);  // the shortest digits that give the same bits back
std::string print_flag(bool value);
// As a YAML scalar on one line, in double quotes unless it is plain letters, digits and _ . / -
std::string print_text(std::string_view value);

}  // namespace laconic::config
