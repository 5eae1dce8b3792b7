#include "framework/ops/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace laconic::ops {

float Trial::draw(int64_t i, int64_t count) const {
  // Multiplicative hashing is random enough for a check, and cheap.
  uint64_t bits = static_cast<uint64_t>(i + 1) * 0x9e3779b97f4a7c15u + blocks_.size() * 0x7f4a7c15u;
  bits = (bits ^ bits >> 29) * 0xbf58476d1ce4e5b9u;
  bits ^= bits >> 32;
  if (exact()) return (static_cast<float>(bits % 17) - 8) / 4;
  if (numbers_ == Numbers::with_nan && i == count / 2)
    return std::numeric_limits<float>::quiet_NaN();
  // The sum of two uniform numbers, from -2 to 2.
  return static_cast<float>((bits & 0xffffff) + (bits >> 24 & 0xffffff)) * 0x1p-23f - 2;
}

float* Trial::floats(const char* name, int64_t count) {
  return list<float>(name, count, [&](int64_t i) { return draw(i, count); });
}

MatrixView<float> Trial::matrix(const char* name, int64_t rows, int64_t cols) {
  float* const data =
      fill<float>(name, rows, cols, cols, [&](int64_t i) { return draw(i, rows * cols); });
  return {data, rows, cols, blocks_.back().stride};
}

double Trial::Block::value(int64_t row, int64_t col) const {
  if (type == Type::float64) {
    double x;
    std::memcpy(&x, at(row, col), sizeof x);
    return x;
  }
  float x;
  std::memcpy(&x, at(row, col), sizeof x);
  return x;
}

std::string Trial::difference(const Block& got, const Block& wanted, double tolerance) {
  if (got.rows != wanted.rows || got.cols != wanted.cols)
    return fmt::format("{} has {} elements, in ref {}", got.name, got.rows * got.cols,
                       wanted.rows * wanted.cols);
  double scale = 1;
  if (wanted.type != Type::other)
    for (int64_t i = 0; i < wanted.rows; ++i)
      for (int64_t j = 0; j < wanted.cols; ++j)
        if (const double x = std::abs(wanted.value(i, j)); std::isfinite(x))
          scale = std::max(scale, x);
  for (int64_t i = -1; i <= wanted.rows; ++i)
    for (int64_t j = 0; j < wanted.stride; ++j) {
      if (std::memcmp(got.at(i, j), wanted.at(i, j), static_cast<size_t>(got.element)) == 0)
        continue;
      if (i < 0 || i == wanted.rows || j >= wanted.cols)
        return fmt::format("{}: written outside its elements", got.name);
      if (wanted.type == Type::other)
        return fmt::format("{}[{}, {}] differs from ref", got.name, i, j);
      const double a = got.value(i, j), b = wanted.value(i, j);
      if (std::isnan(a) && std::isnan(b)) continue;
      if (!(std::abs(a - b) <= tolerance * scale) || tolerance == 0)
        return fmt::format("{}[{}, {}] = {}, in ref {}", got.name, i, j, a, b);
    }
  return "";
}

std::string Trial::difference(const Trial& got, const Trial& wanted, double tolerance) {
  if (got.blocks_.size() != wanted.blocks_.size()) return "another number of results";
  for (size_t n = 0; n < got.blocks_.size(); ++n) {
    std::string found = difference(got.blocks_[n], wanted.blocks_[n], tolerance);
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace laconic::ops
