// One call of a kernel in a check: the memory of its arguments, with guards around it, and what it
// returned. Two trials of equal settings give the same arguments, so that the call can be made of a
// kernel and of its reference, and all memory compared afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"
#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

class Trial {
 public:
  // exact: multiples of 1/4 from -2 to 2, whose sums and products have no rounding error, so that
  //        every order of evaluation has the same bits
  // random: numbers from -2 to 2, most of them near 0
  // with_nan: such numbers, and a NaN in the middle of every list
  enum class Numbers { exact, random, with_nan };

  Trial(Numbers numbers, int64_t size, const Context& context)
      : numbers_(numbers), size_(size), context_(context) {}

  int64_t size() const { return size_; }  // elements, columns or what else the call likes
  bool exact() const { return numbers_ == Numbers::exact; }
  const Context& context() const { return context_; }

  // Return memory that lives as long as the trial. Guards are around it, and between the rows.
  float* floats(const char* name, int64_t count);
  MatrixView<float> matrix(const char* name, int64_t rows, int64_t cols);
  template <class T>
  T* list(const char* name, int64_t count, const std::function<T(int64_t)>& element) {
    return fill<T>(name, 1, count, count, element);
  }
  // Records what the call returned.
  template <class T>
  void returned(const char* name, T value) {
    list<T>(name, 1, [&](int64_t) { return value; });
  }
  template <class T>
  void returned(const char* name, const std::vector<T>& values) {
    list<T>(name, std::ssize(values), [&](int64_t i) { return values[i]; });
  }

  // Returns the first difference, empty if there is none. A float or double may differ by
  // `tolerance` times the largest one of its list; 0 allows no other bits. NaN equals NaN.
  static std::string difference(const Trial& got, const Trial& wanted, double tolerance);

 private:
  enum class Type { float32, float64, other };
  struct Block {
    std::string name;
    Type type;
    int64_t element, rows, cols, stride;  // bytes of an element; stride and sizes in elements
    std::vector<std::byte> bytes;         // with a row of guards before and behind
    const std::byte* at(int64_t row, int64_t col) const {
      return bytes.data() + ((row + 1) * stride + col) * element;
    }
    double value(int64_t row, int64_t col) const;
  };
  static std::string difference(const Block& got, const Block& wanted, double tolerance);

  template <class T>
  T* fill(const char* name, int64_t rows, int64_t cols, int64_t stride,
          const std::function<T(int64_t)>& element) {
    static_assert(std::is_trivially_copyable_v<T>);
    constexpr Type type = std::is_same_v<T, float>    ? Type::float32
                          : std::is_same_v<T, double> ? Type::float64
                                                      : Type::other;
    stride += 16;  // guards
    blocks_.push_back({name, type, sizeof(T), rows, cols, stride, {}});
    Block& block = blocks_.back();
    block.bytes.assign(static_cast<size_t>((rows + 2) * stride) * sizeof(T), std::byte{0x5a});
    T* const start = reinterpret_cast<T*>(block.bytes.data()) + stride;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j) start[i * stride + j] = element(i * cols + j);
    return start;
  }
  float draw(int64_t i, int64_t count) const;

  Numbers numbers_;
  int64_t size_;
  Context context_;
  std::vector<Block> blocks_;
};

}  // namespace laconic::ops
