#include "data/import/array.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

template <class T>
std::span<const T> numbers(const Array& array) {
  return {reinterpret_cast<const T*>(array.bytes.data()), array.bytes.size() / sizeof(T)};
}

// Calls `use` with the numbers as a span of their type.
template <class Use>
void visit(const Array& array, Use use) {
  switch (array.type) {
    case ArrayType::texts:
      fail(ExitCode::data, "{}: holds texts, expected numbers", array.where);
    case ArrayType::reals:
      return array.width == 4 ? use(numbers<float>(array)) : use(numbers<double>(array));
    case ArrayType::integers:
      return array.width == 1   ? use(numbers<int8_t>(array))
             : array.width == 2 ? use(numbers<int16_t>(array))
             : array.width == 4 ? use(numbers<int32_t>(array))
                                : use(numbers<int64_t>(array));
    case ArrayType::flags:
    case ArrayType::naturals:
      return array.width == 1   ? use(numbers<uint8_t>(array))
             : array.width == 2 ? use(numbers<uint16_t>(array))
             : array.width == 4 ? use(numbers<uint32_t>(array))
                                : use(numbers<uint64_t>(array));
  }
}

void refuse_texts(const Array& array) {
  if (array.texts.empty()) return;
  const auto& [column, texts] = *array.texts.begin();
  fail(ExitCode::data, "{}: column {} holds texts ('{}'), expected numbers", array.where,
       column + 1, texts.empty() ? "" : texts.front().substr(0, 40));
}

std::string place(const Array& array, size_t index) {
  const auto i = static_cast<int64_t>(index), cols = array.cols();
  return array.shape.size() < 2 ? fmt::format("[{}]", i)
                                : fmt::format("[{}, {}]", i / cols, i % cols);
}

}  // namespace

int64_t Array::size() const {
  int64_t entries = 1;
  for (const int64_t extent : shape) entries *= extent;
  return entries;
}

std::vector<int64_t> to_integers(const Array& array, const std::string& remedy,
                                 std::optional<int64_t> nan) {
  refuse_texts(array);
  std::vector<int64_t> result;
  result.reserve(array.size());
  visit(array, [&]<class T>(std::span<const T> all) {
    for (size_t i = 0; i < all.size(); ++i) {
      const T x = all[i];
      bool fits = true;
      if constexpr (std::is_floating_point_v<T>) {
        if (nan && std::isnan(x)) {
          result.push_back(*nan);
          continue;
        }
        fits = std::trunc(x) == x && std::abs(x) < 0x1p63;  // not for NaN
      } else if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
        fits = x <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
      }
      if (!fits)
        fail(ExitCode::data, "{}: entry {} is {}; must be a whole number{}", array.where,
             place(array, i), x, remedy);
      result.push_back(static_cast<int64_t>(x));
    }
  });
  return result;
}

std::vector<float> to_floats(const Array& array, int64_t& rounded) {
  refuse_texts(array);
  std::vector<float> result;
  result.reserve(array.size());
  visit(array, [&]<class T>(std::span<const T> all) {
    for (const T x : all) {
      const auto y = static_cast<float>(x);
      if constexpr (!std::is_same_v<T, float> && sizeof(T) > 2)
        rounded += static_cast<double>(y) != static_cast<double>(x) && x == x;
      result.push_back(y);
    }
  });
  return result;
}

std::vector<double> to_doubles(const Array& array) {
  refuse_texts(array);
  std::vector<double> result;
  result.reserve(array.size());
  visit(array, [&](auto all) {
    for (const auto x : all) result.push_back(static_cast<double>(x));
  });
  return result;
}

Array columns(const Array& array, int64_t first, int64_t count) {
  Array part = array;
  part.shape = {array.rows(), count};
  part.texts.clear();
  for (const auto& [column, texts] : array.texts)
    if (column >= first && column < first + count) part.texts[column - first] = texts;
  if (!array.header.empty())
    part.header.assign(array.header.begin() + first, array.header.begin() + first + count);
  if (array.is_text()) return part;
  const int64_t from = array.cols() * array.width, to = count * array.width;
  part.bytes.resize(array.rows() * to);
  for (int64_t r = 0; r < array.rows(); ++r)
    std::memcpy(part.bytes.data() + r * to, array.bytes.data() + r * from + first * array.width,
                to);
  return part;
}

std::string shape_text(const Array& array) {
  return fmt::format("[{}]", fmt::join(array.shape, ", "));
}

bool is_zero_one(const Array& array) {
  if (array.is_text() || !array.texts.empty()) return false;
  bool all_are = true;
  visit(array, [&](auto all) {
    all_are = std::ranges::all_of(all, [](auto x) { return x == 0 || x == 1; });
  });
  return all_are;
}

}  // namespace laconic::data
