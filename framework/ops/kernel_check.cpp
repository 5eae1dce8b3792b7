#include "framework/ops/kernel_check.hpp"

#include <fmt/format.h>

namespace laconic::ops {

namespace {
// Around the lanes of every vector, and around four vectors. Rows of 112 numbers and their guards are
// 512 bytes apart.
constexpr int64_t sizes[] = {0,  1,  2,  3,  4,  5,  7,  8,   9,   15,  16,  17,  31,  32,
                             33, 47, 48, 63, 64, 65, 79, 112, 127, 128, 130, 257, 1025};
constexpr struct {
  Trial::Numbers numbers;
  const char* name;
} kinds_of_numbers[] = {{Trial::Numbers::exact, "exact numbers"},
                        {Trial::Numbers::random, "random numbers"},
                        {Trial::Numbers::with_nan, "a NaN"}};
}  // namespace

std::vector<Failure> compare_calls(const char* kernel, const Context& context, double tolerance,
                                   const std::function<void(bool fast, Trial&)>& call) {
  std::vector<Failure> failures;
  for (const auto& [numbers, name] : kinds_of_numbers)
    for (const int64_t size : sizes) {
      Trial got(numbers, size, context), wanted(numbers, size, context);
      call(true, got);
      call(false, wanted);
      std::string what =
          Trial::difference(got, wanted, numbers == Trial::Numbers::exact ? 0 : tolerance);
      if (what.empty()) continue;
      failures.push_back(
          {fmt::format("{} {}, size {}, {}", kernel, isa_name(context.isa), size, name),
           std::move(what)});
      break;  // one failure per kind of numbers tells enough
    }
  return failures;
}

}  // namespace laconic::ops
