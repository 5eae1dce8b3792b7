// Accumulators that selection finds hard, by name.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "framework/base/random.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::ops {

struct Data {
  std::vector<float> residual;  // or empty
  std::vector<float> gradient;
  float scale = 1;
  Accumulator accumulator() const { return {residual, gradient, scale}; }
};

struct Shape {
  const char* name;
  Data (*make)(int64_t n);
};

// Exactly n numbers of memory, so that a sanitizer sees a read too far.
inline std::vector<float> numbers(int64_t n, const std::function<float(int64_t)>& number) {
  std::vector<float> list(n);
  for (int64_t i = 0; i < n; ++i) list[i] = number(i);
  return list;
}

inline Data from(int64_t n, const std::function<float(int64_t)>& gradient) {
  return {.residual = {}, .gradient = numbers(n, gradient)};
}

inline float normal(uint64_t seed, int64_t i) {
  return static_cast<float>(Random(seed, Stream::test).normal(static_cast<uint64_t>(i)));
}

inline const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"normal",
       [](int64_t n) {
         Data data = from(n, [](int64_t i) { return normal(1, i); });
         data.residual = numbers(n, [](int64_t i) { return normal(2, i); });
         return data;
       }},
      {"normal_scaled",
       [](int64_t n) {
         Data data = from(n, [](int64_t i) { return normal(3, i); });
         data.residual = numbers(n, [](int64_t i) { return normal(4, i); });
         data.scale = 0.9f;
         return data;
       }},
      {"no_residual", [](int64_t n) { return from(n, [](int64_t i) { return normal(5, i); }); }},
      {"few_magnitudes",
       [](int64_t n) { return from(n, [](int64_t i) { return std::round(2 * normal(6, i)); }); }},
      {"all_equal",
       [](int64_t n) { return from(n, [](int64_t i) { return i % 3 == 0 ? -0.5f : 0.5f; }); }},
      // The bound has been raised to the equal ones when the last one comes.
      {"last_a_little_larger",
       [](int64_t n) {
         return from(n, [n](int64_t i) { return i == n - 1 ? std::nextafter(1.0f, 2.0f) : 1.0f; });
       }},
      {"falling",
       [](int64_t n) {
         return from(n, [](int64_t i) { return std::pow(0.999f, static_cast<float>(i)); });
       }},
      {"rising",
       [](int64_t n) { return from(n, [](int64_t i) { return static_cast<float>(-i); }); }},
      {"hot_slice",
       [](int64_t n) {
         return from(n, [n](int64_t i) {
           return normal(7, i) * (i >= n / 2 && i < n / 2 + n / 100 ? 1000.0f : 1.0f);
         });
       }},
      {"zeros", [](int64_t n) { return from(n, [](int64_t i) { return i % 2 ? 0.0f : -0.0f; }); }},
      {"one_nonzero",
       [](int64_t n) {
         return from(n, [n](int64_t i) { return i == 2 * n / 3 ? -1e-3f : 0.0f; });
       }},
      {"few_nonzeros",
       [](int64_t n) {
         return from(n, [](int64_t i) { return i % 119 == 5 ? normal(8, i) : -0.0f; });
       }},
      {"denormals",
       [](int64_t n) {
         return from(n, [](int64_t i) {
           return static_cast<float>(i * 7919 % 1013 - 500) *
                  std::numeric_limits<float>::denorm_min();
         });
       }},
      {"all_scales",
       [](int64_t n) {
         return from(n, [](int64_t i) {
           return std::ldexp(normal(9, i), static_cast<int>(i * 7919 % 270) - 149);
         });
       }},
      {"largest_float",
       [](int64_t n) {
         return from(n, [](int64_t i) { return i % 5 ? normal(10, i) : -FLT_MAX; });
       }},
      {"cancels",
       [](int64_t n) {
         Data data = from(n, [](int64_t i) { return normal(11, i); });
         data.residual =
             numbers(n, [&](int64_t i) { return i % 50 == 0 ? normal(12, i) : -data.gradient[i]; });
         return data;
       }},
  };
  return all;
}

}  // namespace laconic::ops
