// bench select: measures what one rank computes for a sparse sum, on one thread and for several
// shapes of data. Selection and the programs that it is compared with alternate within each
// repetition. Ratios are of neighbours in time, so other load on the machine disturbs them little.
#include "framework/ops/select/select.hpp"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/laconic/verbs/bench/bench.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/ops/codec/codec.hpp"
#include "framework/ops/select/guess.hpp"

namespace laconic {
namespace {

struct SelectBenchOptions {
  double n = 14.7e6;
  double density = 0.01;
  int repetitions = 15;
};

nlohmann::json timed(Spread seconds, double bytes) {
  return {{"seconds", seconds.median},
          {"fastest_seconds", seconds.least},
          {"bytes_per_s", bytes / seconds.median}};
}

struct Shape {
  const char* name;
  float (*gradient)(const Random&, int64_t i, int64_t n);
  int misled = 0;  // number of samples that mislead
};

float normal(const Random& random, int64_t i, int64_t) {
  return static_cast<float>(random.normal(i));
}
float rising(const Random&, int64_t i, int64_t) {
  return static_cast<float>(i);
}

constexpr Shape shapes[] = {
    {"normal", normal},
    {"all_equal", [](const Random&, int64_t i, int64_t) { return i % 2 == 0 ? 1.0f : -1.0f; }},
    {"few_magnitudes",
     [](const Random& random, int64_t i, int64_t) {
       return static_cast<float>(std::round(2 * random.normal(i)));
     }},
    {"falling",
     [](const Random&, int64_t i, int64_t n) {
       return static_cast<float>(std::exp(-80.0 * static_cast<double>(i) / static_cast<double>(n)));
     }},
    {"rising", rising},
    {"hot_slice",
     [](const Random& random, int64_t i, int64_t n) {
       const bool in_hot_part = i >= n / 2 && i < n / 2 + n / 100;
       return normal(random, i, n) * (in_hot_part ? 1000.0f : 1.0f);
     }},
    {"one_nonzero", [](const Random&, int64_t i, int64_t n) { return i == n / 2 ? 1.0f : 0.0f; }},
    // Elements are large exactly at the positions of the first sample, or of every sample. So
    // another pass is needed; where all samples mislead, its bound must be raised as often as
    // possible.
    {"misled", normal, 1},
    {"misled_rising", rising, ops::attempts},
};

std::vector<float> gradient_of(const Shape& shape, int64_t n) {
  const Random random(1, Stream::test);
  std::vector<float> gradient(n);
  for (int64_t i = 0; i < n; ++i) gradient[i] = shape.gradient(random, i, n);
  for (int attempt = 0; attempt < shape.misled; ++attempt) {
    const ops::Sample sample(n, attempt);
    for (int64_t b = 0; b < sample.blocks; ++b)
      std::fill_n(gradient.begin() + sample.first_of(b), ops::Sample::block, 1e9f);
  }
  return gradient;
}

// Selects the same pairs with the standard library: sum, magnitudes, nth_element, and all that are
// as large as the k-th; of ties the first ones; no zeros.
void top_k_by_nth_element(std::span<const float> residual, std::span<const float> gradient,
                          int64_t k, std::vector<float>& magnitudes, ops::SparseVector& selected) {
  const auto n = static_cast<int64_t>(gradient.size());
  for (int64_t i = 0; i < n; ++i) magnitudes[i] = std::abs(residual[i] + gradient[i]);
  std::nth_element(magnitudes.begin(), magnitudes.end() - k, magnitudes.end());
  const float kth = magnitudes[n - k];
  int64_t equal =
      k - std::count_if(magnitudes.end() - k, magnitudes.end(), [&](float x) { return x > kth; });
  selected.clear();
  for (int64_t i = 0; i < n; ++i) {
    const float x = residual[i] + gradient[i];
    if (std::abs(x) > kth || (std::abs(x) == kth && x != 0 && equal-- > 0))
      selected.push_back(static_cast<int32_t>(i), x);
  }
}

// Measures selection from residual + gradient. It is compared with nth_element alone, with the
// magnitudes of the sum already in memory, and with the same whole work by nth_element.
nlohmann::json bench_shape(const Context& context, const Shape& shape,
                           const SelectBenchOptions& options, Triad& triad,
                           ops::SparseVector& selected) {
  const auto n = static_cast<int64_t>(options.n);
  const auto k = static_cast<int64_t>(options.density * options.n);
  const std::vector<float> residual(n), gradient = gradient_of(shape, n);
  std::vector<float> magnitudes(n), copy(n);
  std::transform(gradient.begin(), gradient.end(), magnitudes.begin(),
                 [](float x) { return std::abs(x); });
  ops::SelectScratch scratch;
  const auto top_k = [&] { ops::top_k(context, {residual, gradient}, k, scratch, selected); };
  top_k();
  std::vector<double> seconds, triads, of_bound, rivals, over_top_k, same_over_top_k;
  ops::SparseVector same;
  for (int i = 0; i < options.repetitions; ++i) {
    triads.push_back(seconds_of(triad));
    seconds.push_back(seconds_of(top_k));
    const double bound = 20 * options.n / (0.6 * Triad::bytes / triads.back());
    of_bound.push_back(seconds.back() / bound);
    if (i >= 5) continue;  // the comparison is slow
    copy = magnitudes;
    rivals.push_back(
        seconds_of([&] { std::nth_element(copy.begin(), copy.end() - k, copy.end()); }));
    over_top_k.push_back(rivals.back() / seconds.back());
    same_over_top_k.push_back(
        seconds_of([&] { top_k_by_nth_element(residual, gradient, k, copy, same); }) /
        seconds.back());
    if (same.indices != selected.indices || same.values != selected.values)
      fail(ExitCode::internal, "{}: not the pairs of nth_element", shape.name);
  }
  nlohmann::json out = timed(spread(seconds), 8 * options.n);
  out["shape"] = shape.name;
  out["selected"] = selected.size();
  out["of_bound"] = spread(of_bound).median;  // 20 bytes per element at 0.6 of the triad's rate
  out["triad"] = timed(spread(triads), Triad::bytes);
  out["nth_element"] = timed(spread(rivals), 4 * options.n);
  out["nth_element_over_top_k"] = spread(over_top_k).median;
  out["same_by_nth_element_over_top_k"] = spread(same_over_top_k).median;
  return out;
}

// Measures the sum of what the owner of an eighth of the elements gets from eight ranks.
nlohmann::json bench_pair_sum(const ops::SparseVector& pairs, int64_t n, int repetitions) {
  constexpr int64_t ranks = 8;
  const int64_t window = n / ranks + 1;
  std::vector<ops::SparseVector> lists(ranks);
  for (int64_t i = 0; i < pairs.size(); ++i)
    lists[pairs.indices[i] / window].push_back(static_cast<int32_t>(pairs.indices[i] % window),
                                               pairs.values[i]);
  ops::PairSum sum;
  ops::SparseVector total;
  const Spread seconds = measure(repetitions, [&] {
    sum.open(0, window);
    for (const ops::SparseVector& list : lists) sum.add(list.indices, list.values);
    sum.take(total);
  });
  return timed(seconds, 8 * static_cast<double>(pairs.size()));
}

nlohmann::json bench_codecs(const ops::SparseVector& pairs, int64_t n, int repetitions) {
  nlohmann::json out;
  const auto count = static_cast<double>(pairs.size());
  std::vector<std::byte> bytes;
  std::vector<int32_t> indices(pairs.indices.size());
  std::vector<float> values(pairs.values.size());
  const auto bench = [&](const char* name, double decoded_bytes, auto encode, auto decode) {
    const Spread encoding = measure(repetitions, [&] {
      bytes.clear();
      encode();
    });
    const Spread decoding = measure(repetitions, decode);
    out.push_back({{"code", name},
                   {"bits_each", 8 * static_cast<double>(bytes.size()) / count},
                   {"encode", timed(encoding, decoded_bytes)},
                   {"decode", timed(decoding, decoded_bytes)}});
  };
  using ops::IndexCodec, ops::ValueType;
  for (const auto& [name, codec] : {std::pair("plain", IndexCodec::plain),
                                    {"delta16", IndexCodec::delta16},
                                    {"rice", IndexCodec::rice}})
    bench(
        name, 4 * count, [&] { encode_indices(codec, pairs.indices, 0, n, bytes); },
        [&] { decode_indices(codec, bytes, pairs.size(), 0, n, indices.data()); });
  std::vector<float> rounded = pairs.values;
  for (float& x : rounded) x = ops::to_bfloat16(x);
  for (const auto& [name, type] :
       {std::pair("float32", ValueType::float32), {"bfloat16", ValueType::bfloat16}})
    bench(
        name, 4 * count, [&] { encode_values(type, rounded, bytes); },
        [&] { decode_values(type, bytes, pairs.size(), values.data()); });
  bench(
      "rice, bfloat16", 8 * count,
      [&] {
        encode_indices(IndexCodec::rice, pairs.indices, 0, n, bytes);
        encode_values(ValueType::bfloat16, rounded, bytes);
      },
      [&] {
        const int64_t taken =
            decode_indices(IndexCodec::rice, bytes, pairs.size(), 0, n, indices.data());
        decode_values(ValueType::bfloat16, std::span(bytes).subspan(taken), pairs.size(),
                      values.data());
      });
  return out;
}

int bench_select(const SelectBenchOptions& options) {
  if (!(options.n >= 1 && options.n <= INT32_MAX && options.density <= 1 &&
        options.density * options.n >= 1 && options.repetitions >= 1))
    fail(ExitCode::usage,
         "bench select: allowed: --n 1 to 2147483647, --density up to 1 and large enough to select "
         "one element, --repetitions 1 and more");
  const auto n = static_cast<int64_t>(options.n);
  const Context context{.isa = detect_isa()};
  nlohmann::json out = {{"n", n}, {"density", options.density}, {"isa", isa_name(context.isa)}};
  Triad triad(1);
  ops::SparseVector selected, pairs;
  for (const Shape& shape : shapes) {
    out["top_k"].push_back(bench_shape(context, shape, options, triad, selected));
    if (pairs.size() == 0) pairs = selected;  // of the first shape
  }
  std::vector<float> residual(n);
  const std::vector<float> gradient = gradient_of(shapes[0], n);
  const ops::Accumulator accumulator{residual, gradient};
  out["accumulate"] =
      timed(measure(options.repetitions, [&] { ops::accumulate(context, accumulator, residual); }),
            12 * options.n);
  out["moments"] = timed(measure(options.repetitions, [&] { ops::moments(context, accumulator); }),
                         8 * options.n);
  out["pair_sum"] = bench_pair_sum(pairs, n, options.repetitions);
  out["codes"] = bench_codecs(pairs, n, options.repetitions);
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_select(const Command& command, Action& action) {
  auto options = std::make_shared<SelectBenchOptions>();
  command.option("--n", options->n, "number of elements of the gradient").show_default();
  command.option("--density", options->density, "share of the gradient that is selected")
      .show_default();
  command
      .option("--repetitions", options->repetitions,
              "number of measurements; the median is reported")
      .show_default();
  command.when_given([=, &action] { action = [=] { return bench_select(*options); }; });
}

}  // namespace laconic
