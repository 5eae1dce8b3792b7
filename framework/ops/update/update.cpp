#include "framework/ops/update/update.hpp"

#include <array>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/update/update_kernels.hpp"

namespace laconic::ops {

void sgd(const Context& context, const SgdArgs& rule, std::span<const float> g, std::span<float> w,
         std::span<float> v) {
  LACONIC_CHECK(g.size() == w.size() && (v.empty() || v.size() == w.size()));
  const UpdateKernels& table = update_kernels(context.isa);
  parallel_rows(context.threads, std::ssize(w), 1, [&](int64_t first, int64_t count) {
    table.sgd(rule, g.data() + first, w.data() + first, v.empty() ? nullptr : v.data() + first,
              count);
  });
}

void adam(const Context& context, const AdamArgs& rule, std::span<const float> g,
          std::span<float> w, std::span<float> m, std::span<float> v) {
  LACONIC_CHECK(g.size() == w.size() && m.size() == w.size() && v.size() == w.size());
  const UpdateKernels& table = update_kernels(context.isa);
  parallel_rows(context.threads, std::ssize(w), 1, [&](int64_t first, int64_t count) {
    table.adam(rule, g.data() + first, w.data() + first, m.data() + first, v.data() + first, count);
  });
}

double norm(const Context& context, std::span<const float> values) {
  constexpr int64_t most = 64;  // parts, cut by the length alone
  const int64_t n = std::ssize(values);
  const int64_t part = std::max<int64_t>(16384, (n + most - 1) / most),
                parts = (n + part - 1) / part;
  const SelectKernels& table = select_kernels(context.isa);
  const AccumulatorArgs args{.residual = nullptr, .gradient = values.data(), .scale = 1};
  std::array<double, most> squares;
  parallel_for(context.threads, parts, [&](int64_t p) {
    double sums[2] = {};
    table.moment_sums(args, p * part, std::min(n, (p + 1) * part), 0, sums);
    squares[p] = sums[1];
  });
  double sum = 0;
  for (int64_t p = 0; p < parts; ++p) sum += squares[p];
  return std::sqrt(sum);
}

}  // namespace laconic::ops
