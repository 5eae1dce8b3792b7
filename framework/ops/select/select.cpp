// One pass over the accumulator collects candidates: all elements above a bound, which can be among
// the k largest. The bound starts from an estimate and is raised whenever the buffer is full, to
// the kth of the candidates. Only an estimate that was too high costs another pass. The result does
// not depend on it.
#include "framework/ops/select/select.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/base/room.hpp"
#include "framework/ops/select/guess.hpp"
#include "framework/ops/select/kth_magnitude.hpp"
#include "framework/ops/select/select_kernels.hpp"

namespace laconic::ops {

namespace {

constexpr auto infinite = static_cast<int32_t>(infinite_magnitude);

AccumulatorArgs arguments(const Accumulator& accumulator) {
  LACONIC_CHECK(accumulator.residual.empty() ||
                accumulator.residual.size() == accumulator.gradient.size());
  LACONIC_CHECK(accumulator.size() <= INT32_MAX);
  LACONIC_CHECK(std::isfinite(accumulator.residual_scale));
  return {accumulator.residual.empty() ? nullptr : accumulator.residual.data(),
          accumulator.gradient.data(), accumulator.residual_scale};
}

// Makes a vector a buffer to append to. The vector only grows, since new elements cost a write.
PairBuffer buffer(SparseVector& pairs, int64_t capacity) {
  const auto size = static_cast<size_t>(capacity + append_room);
  make_room(pairs.indices, size);
  make_room(pairs.values, size);
  if (pairs.indices.size() < size) pairs.indices.resize(size);
  if (pairs.values.size() < size) pairs.values.resize(size);
  return {pairs.indices.data(), pairs.values.data(), 0, static_cast<int64_t>(size)};
}

void shrink(SparseVector& pairs, int64_t count) {
  pairs.indices.resize(count);
  pairs.values.resize(count);
}

// Appends the k largest of the candidates, whose kth is given.
void append_largest(const SelectKernels& table, const PairBuffer& from, const KthMagnitude& kth,
                    PairBuffer& to) {
  const int64_t split = kth.all_ties
                            ? from.count
                            : table.after_nth_equal(from.values, from.count, kth.bits, kth.ties);
  table.append_pairs_above(from.indices, from.values, kth.bits - 1, 0, split, to);
  table.append_pairs_above(from.indices, from.values, kth.bits, split, from.count, to);
}

// Makes one pass: collects candidates for the k > 0 largest elements above the bound; if there are
// fewer than k, all of them. Returns false, and stops, at an element that is not finite.
bool collect(const SelectKernels& table, const AccumulatorArgs& args, int64_t n, int64_t k,
             int32_t bound, PairBuffer& candidates) {
  candidates.count = 0;
  for (int64_t next = 0; (next = table.append_above(args, bound, next, n, candidates)) < n;) {
    const KthMagnitude kth = kth_magnitude(table, candidates.values, candidates.count, k);
    if (kth.largest >= infinite) return false;
    PairBuffer kept = candidates;
    kept.count = 0;
    append_largest(table, candidates, kth, kept);
    candidates.count = kept.count;
    bound = kth.bits;  // later ties lose against these
  }
  return true;
}

bool all_finite(const SelectKernels& table, const AccumulatorArgs& args, int64_t n,
                PairBuffer& memory) {
  return table.append_above(args, infinite - 1, 0, n, memory) == n && memory.count == 0;
}

Selected nothing(SparseVector& out, bool finite) {
  out.clear();
  return {.finite = finite};
}

}  // namespace

Selected top_k(const Context& context, const Accumulator& accumulator, int64_t k,
               SelectScratch& scratch, SparseVector& out) {
  const SelectKernels& table = select_kernels(context.isa);
  const AccumulatorArgs args = arguments(accumulator);
  const int64_t n = accumulator.size();
  k = std::clamp<int64_t>(k, 0, n);
  PairBuffer candidates = buffer(scratch.candidates, std::min(n, 2 * k + 4096));
  if (k == 0) return nothing(out, all_finite(table, args, n, candidates));

  for (int attempt = 0; candidates.count < k; ++attempt) {
    const int32_t bound =
        attempt < attempts ? guess_bound(table, args, n, k, attempt, scratch.sample) : 0;
    if (!collect(table, args, n, k, bound, candidates)) return nothing(out, false);
    if (bound == 0) break;  // there are no others
  }
  if (candidates.count == 0) return nothing(out, true);
  const int64_t selected = std::min(k, candidates.count);
  const KthMagnitude kth = kth_magnitude(table, candidates.values, candidates.count, selected);
  if (kth.largest >= infinite) return nothing(out, false);
  PairBuffer result = buffer(out, selected);
  append_largest(table, candidates, kth, result);
  shrink(out, selected);
  return {.threshold = static_cast<uint32_t>(kth.bits)};
}

Selected above(const Context& context, const Accumulator& accumulator, uint32_t threshold,
               SparseVector& out) {
  const SelectKernels& table = select_kernels(context.isa);
  const AccumulatorArgs args = arguments(accumulator);
  const int64_t n = accumulator.size();
  const int32_t bound = static_cast<int32_t>(std::clamp(threshold, 1u, infinite_magnitude)) - 1;
  PairBuffer found = buffer(out, std::min<int64_t>(n, 4096));
  for (int64_t next = 0;;) {
    next = table.append_above(args, bound, next, n, found);
    if (next == n) break;
    // Uses the existing memory before more is allocated.
    const auto owned =
        static_cast<int64_t>(std::min(out.indices.capacity(), out.values.capacity()));
    const int64_t wanted = owned > found.capacity ? owned : 2 * found.capacity;
    const int64_t count = found.count;
    found = buffer(out, std::min(wanted, n + append_room) - append_room);
    found.count = count;
  }
  MagnitudeRange range{0, 0};
  if (found.count > 0) range = table.magnitude_range(found.values, found.count, all_magnitudes);
  const bool finite = range.high < infinite;
  shrink(out, finite ? found.count : 0);
  return {.finite = finite, .threshold = finite ? static_cast<uint32_t>(range.low) : 0};
}

void top_k(SparseVector& pairs, int64_t k, SparseVector& dropped) {
  const int64_t size = pairs.size();
  k = std::clamp<int64_t>(k, 0, size);
  make_room(dropped.indices, size - k);
  make_room(dropped.values, size - k);
  dropped.indices.resize(size - k);
  dropped.values.resize(size - k);
  if (k == size) return;
  KthMagnitude kth{.bits = INT32_MAX, .ties = 0};
  if (k > 0) kth = kth_magnitude(select_kernels(Isa::generic), pairs.values.data(), size, k);
  int64_t stay = 0, go = 0;
  for (int64_t i = 0; i < size; ++i) {
    const int32_t index = pairs.indices[i];
    const float value = pairs.values[i];
    const auto magnitude = static_cast<int32_t>(magnitude_bits(value));
    const bool stays = magnitude > kth.bits || (magnitude == kth.bits && kth.ties-- > 0);
    SparseVector& to = stays ? pairs : dropped;
    int64_t& at = stays ? stay : go;
    to.indices[at] = index;
    to.values[at] = value;
    ++at;
  }
  shrink(pairs, k);
}

Moments moments(const Context& context, const Accumulator& accumulator) {
  const SelectKernels& table = select_kernels(context.isa);
  const AccumulatorArgs args = arguments(accumulator);
  const int64_t n = accumulator.size();
  // Block by block, each about the mean of those before (the first about its own mean), combined by
  // Chan, Golub and LeVeque (1979). A block far from that mean loses digits of its own deviation,
  // but then its distance dominates.
  constexpr int64_t most = 4096;
  double mean = 0, squares = 0;  // squares: of the distances from the mean
  for (int64_t first = 0; first < n; first += most) {
    const int64_t last = std::min(n, first + most);
    const auto before = static_cast<double>(first), here = static_cast<double>(last - first);
    double sums[2];
    if (first == 0) {
      table.moment_sums(args, first, last, 0, sums);
      mean = sums[0] / here;
    }
    table.moment_sums(args, first, last, mean, sums);
    const double step = sums[0] / here;
    squares += sums[1] - sums[0] * step + step * step * (before * here / (before + here));
    mean += step * here / (before + here);
  }
  return {mean, n == 0 ? 0 : std::sqrt(std::max(0.0, squares) / static_cast<double>(n))};
}

void accumulate(const Context& context, const Accumulator& accumulator, std::span<float> residual) {
  LACONIC_CHECK(residual.size() == accumulator.gradient.size());
  select_kernels(context.isa)
      .accumulate(arguments(accumulator), accumulator.size(), residual.data());
}

bool all_finite(const Context& context, std::span<const float> values) {
  if (values.empty()) return true;
  constexpr MagnitudeRange all{0, std::numeric_limits<int32_t>::max()};
  const MagnitudeRange found =
      select_kernels(context.isa).magnitude_range(values.data(), std::ssize(values), all);
  return static_cast<uint32_t>(found.high) < infinite_magnitude;
}

}  // namespace laconic::ops
