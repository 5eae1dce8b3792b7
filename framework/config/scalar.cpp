#include "framework/config/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace laconic::config {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

// [+-] digits [. digits] [e [+-] digits], cut into its parts.
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction;
  bool point = false, exponent_given = false;
  int64_t exponent = 0;  // saturates far outside of what any number can use

  bool is_zero() const {
    return whole.find_first_not_of('0') == whole.npos &&
           fraction.find_first_not_of('0') == fraction.npos;
  }
};

std::string_view take_digits(std::string_view& text) {
  const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
  const bool found = !text.empty() && any_of.find(text.front()) != any_of.npos;
  if (found) text.remove_prefix(1);
  return found;
}

std::optional<Decimal> cut(std::string_view text) {
  Decimal number;
  number.negative = text.starts_with('-');
  take(text, "+-");
  number.whole = take_digits(text);
  number.point = take(text, ".");
  if (number.point) number.fraction = take_digits(text);
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  number.exponent_given = take(text, "eE");
  if (number.exponent_given) {
    const bool negative = text.starts_with('-');
    take(text, "+-");
    const auto digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    for (const char c : digits) {
      number.exponent = std::min<int64_t>(number.exponent * 10 + (c - '0'), 1'000'000'000);
    }
    if (negative) number.exponent = -number.exponent;
  }
  return text.empty() ? std::optional(number) : std::nullopt;
}

bool has_leading_zero(const Decimal& number) {
  return number.whole.size() > 1 && number.whole.front() == '0';
}

// Returns why a text is not a number, for the spellings that other programs accept. Returns "" for
// any other text.
std::string number_advice(std::string_view text) {
  const std::string word = lower(text);
  std::string_view rest = word;
  const bool negative = rest.starts_with('-');
  take(rest, "+-");
  if (rest.starts_with("0x") || rest.starts_with("0o") || rest.starts_with("0b")) {
    const int base = rest[1] == 'x' ? 16 : rest[1] == 'o' ? 8 : 2;
    int64_t value = 0;
    const char* end = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(rest.data() + 2, end, value, base);
    if (error != std::errc() || stop != end) return "";
    return fmt::format("only decimal numbers are read: write {}{}", negative ? "-" : "", value);
  }
  for (const auto name : {".nan", ".inf", "nan", "inf", "infinity"}) {
    if (rest == name) return "the number must be finite";
  }
  std::string digits;
  std::ranges::copy_if(word, std::back_inserter(digits),
                       [](char c) { return c != '_' && c != ','; });
  if (digits != word && cut(digits)) return fmt::format("write {}", digits);
  return "";
}

}  // namespace

Parsed<int64_t> parse_integer(std::string_view text) {
  const auto number = cut(text);
  if (!number) return {{}, number_advice(text)};
  if (has_leading_zero(*number)) return {{}, "leading zeros are not read (is it octal?)"};
  if (number->point && !number->exponent_given) return {{}, "a whole number has no decimal point"};

  // digits * 10^exponent, without the zeros at the end of the digits.
  std::string digits = fmt::format("{}{}", number->whole, number->fraction);
  int64_t exponent = number->exponent - static_cast<int64_t>(number->fraction.size());
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return {0, ""};
  if (exponent < 0) return {{}, "it is not whole"};
  constexpr auto beyond = "beyond the 64-bit whole numbers";
  if (static_cast<int64_t>(digits.size()) + exponent > 19) return {{}, beyond};
  digits = fmt::format("{}{}{}", number->negative ? "-" : "", digits,
                       std::string(static_cast<size_t>(exponent), '0'));
  int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc()) return {{}, beyond};
  return {value, ""};
}

Parsed<double> parse_real(std::string_view text) {
  const auto number = cut(text);
  if (!number) return {{}, number_advice(text)};
  if (has_leading_zero(*number)) return {{}, "leading zeros are not read (is it octal?)"};
  if (text.front() == '+') text.remove_prefix(1);  // from_chars knows no plus sign
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  // Depending on the library, overflow and underflow are an error code, or infinity and zero.
  const bool out_of_range = read.ec == std::errc::result_out_of_range || !std::isfinite(value) ||
                            (value == 0 && !number->is_zero());
  if (out_of_range) {
    return number->exponent < 0 || number->whole == "0" || number->whole.empty()
               ? Parsed<double>{{}, "too close to 0: a 64-bit number would become 0"}
               : Parsed<double>{{}, "too large for a 64-bit number"};
  }
  return {value, ""};
}

Parsed<bool> parse_flag(std::string_view text) {
  if (text == "true") return {true, ""};
  if (text == "false") return {false, ""};
  const std::string word = lower(text);
  for (const auto name : {"true", "yes", "on", "y", "t", "1"}) {
    if (word == name) return {{}, "write true"};
  }
  for (const auto name : {"false", "no", "off", "n", "f", "0"}) {
    if (word == name) return {{}, "write false"};
  }
  return {};
}

std::string print_integer(int64_t value) {
  return fmt::format("{}", value);
}

std::string print_real(double value) {
  return fmt::format("{}", value);
}

std::string print_flag(bool value) {
  return value ? "true" : "false";
}

std::string print_text(std::string_view value) {
  const auto plain_letter = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '/' || c == '-';
  };
  const std::string word = lower(value);
  const bool starts_plain = !value.empty() && value.front() != '-' && value.front() != '.';
  // A plain null is "no value"; other programs read the rest of this list as flags.
  constexpr std::array reserved = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  if (starts_plain && std::ranges::all_of(value, plain_letter) && !cut(value) &&
      number_advice(value).empty() && std::ranges::find(reserved, word) == reserved.end()) {
    return std::string(value);
  }
  std::string quoted = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace laconic::config
