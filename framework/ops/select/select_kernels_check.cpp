#include <limits>

#include "framework/ops/kernel_check.hpp"
#include "framework/ops/select/select.hpp"
#include "framework/ops/select/select_kernels.hpp"

namespace laconic::ops {

namespace {

int32_t bits(float x) {
  return static_cast<int32_t>(magnitude_bits(x));
}

// Calls use(accumulator) with and without a residual, and with a scale.
template <class Use>
void for_accumulators(Trial& trial, Use use) {
  const float* const gradient = trial.floats("gradient", trial.size());
  float* const residual = trial.floats("residual", trial.size());
  use(AccumulatorArgs{nullptr, gradient, 1});
  use(AccumulatorArgs{residual, gradient, 1});
  use(AccumulatorArgs{residual, gradient, trial.exact() ? 0.5f : 0.9f});
}

// Empties a buffer of `capacity` places until append(first, buffer) has read all elements; how far
// one call gets depends on the vectors.
template <class Append>
void append_all(Trial& trial, int64_t capacity, Append append) {
  std::vector<int32_t> indices(capacity), all_indices;
  std::vector<float> values(capacity), all_values;
  for (int64_t first = 0, next = 0; first < trial.size(); first = next) {
    PairBuffer buffer{indices.data(), values.data(), 0, capacity};
    next = append(first, buffer);
    all_indices.insert(all_indices.end(), indices.begin(), indices.begin() + buffer.count);
    all_values.insert(all_values.end(), values.begin(), values.begin() + buffer.count);
    if (next <= first || next >= trial.size()) {
      trial.returned("read", next);
      break;
    }
  }
  trial.returned("indices", all_indices);
  trial.returned("values", all_values);
}

void append_above(const SelectKernels& table, Trial& trial) {
  for_accumulators(trial, [&](const AccumulatorArgs& args) {
    for (const int32_t bound : {0, bits(0.5f), bits(1.25f)})
      for (const int64_t capacity : {append_room + trial.size() / 4, append_room + trial.size()})
        append_all(trial, capacity, [&](int64_t first, PairBuffer& buffer) {
          return table.append_above(args, bound, first, trial.size(), buffer);
        });
  });
}

void append_pairs_above(const SelectKernels& table, Trial& trial) {
  const int64_t n = trial.size();
  const int32_t* const indices =
      trial.list<int32_t>("indices", n, [](int64_t i) { return static_cast<int32_t>(3 * i + 7); });
  const float* const values = trial.floats("values", n);
  for (const int32_t bound : {0, bits(0.5f), bits(1.25f)}) {
    append_all(trial, append_room + n / 4, [&](int64_t first, PairBuffer& buffer) {
      return table.append_pairs_above(indices, values, bound, first, n, buffer);
    });
    // In place, as selection shortens its candidates.
    std::vector<int32_t> own_indices(indices, indices + n);
    std::vector<float> own_values(values, values + n);
    own_indices.resize(n + append_room);
    own_values.resize(n + append_room);
    PairBuffer own{own_indices.data(), own_values.data(), 0, n + append_room};
    trial.returned("read", table.append_pairs_above(own.indices, own.values, bound, 0, n, own));
    own_indices.resize(own.count);
    own_values.resize(own.count);
    trial.returned("indices in place", own_indices);
    trial.returned("values in place", own_values);
  }
}

void magnitude_range(const SelectKernels& table, Trial& trial) {
  const int64_t n = trial.size();
  if (n == 0) return;
  const float* const values = trial.floats("values", n);
  const int32_t some = bits(values[n / 3]);
  for (const MagnitudeRange& within : {MagnitudeRange{0, std::numeric_limits<int32_t>::max()},
                                       MagnitudeRange{some, bits(3)}, MagnitudeRange{0, some}})
    if (within.low <= some && some <= within.high) {
      const MagnitudeRange found = table.magnitude_range(values, n, within);
      trial.returned("low", found.low);
      trial.returned("high", found.high);
    }
}

void magnitude_histogram(const SelectKernels& table, Trial& trial) {
  const float* const values = trial.floats("values", trial.size());
  for (const MagnitudeRange& range : {MagnitudeRange{0, std::numeric_limits<int32_t>::max()},
                                      MagnitudeRange{bits(0.5f), bits(1)}})
    for (const int shift : {21, 25})
      table.magnitude_histogram(values, trial.size(), range, shift,
                                trial.list<uint32_t>("histogram", 1024, [](int64_t) { return 0; }));
}

void after_nth_equal(const SelectKernels& table, Trial& trial) {
  const int64_t n = trial.size();
  if (n == 0) return;
  const float* const values = trial.floats("values", n);
  for (const int64_t at : {int64_t{0}, n / 2, n - 1}) {
    int64_t nth = 0;
    for (int64_t i = 0; i <= at; ++i) nth += bits(values[i]) == bits(values[at]);
    trial.returned("position", table.after_nth_equal(values, n, bits(values[at]), nth));
  }
}

void accumulate(const SelectKernels& table, Trial& trial) {
  for_accumulators(trial, [&](const AccumulatorArgs& args) {
    float* const out = trial.floats("out", trial.size());
    table.accumulate(args, trial.size(), out);
    table.accumulate({out, args.gradient, args.scale}, trial.size(), out);
  });
}

void moment_sums(const SelectKernels& table, Trial& trial) {
  for_accumulators(trial, [&](const AccumulatorArgs& args) {
    for (const double centre : {0.0, 0.3})
      for (const int64_t first : {int64_t{0}, trial.size() / 3})
        table.moment_sums(args, first, trial.size(), centre,
                          trial.list<double>("sums", 2, [](int64_t) { return 0; }));
  });
}

constexpr KernelCheck<SelectKernels> select_kernel_calls[] = {
    {"select.append_above", append_above},
    {"select.append_pairs_above", append_pairs_above},
    {"select.magnitude_range", magnitude_range},
    {"select.magnitude_histogram", magnitude_histogram},
    {"select.after_nth_equal", after_nth_equal},
    {"select.accumulate", accumulate},
    {"select.moment_sums", moment_sums}};

}  // namespace

constinit const KernelChecks<SelectKernels> select_checks = {
    {"select", walk_isas<SelectKernels>}, select_kernel_calls, select_kernels, &select_kernels_ref};

}  // namespace laconic::ops
