// bench select: what one rank computes for a sparse sum, on one thread and several shapes of data.
// The triad is measured again beside each shape, because it is what selection is held against.
// Times are medians, but the ratios are of the fastest ones, which other programs disturb least.
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

struct Options {
  double n = 14.7e6;
  double density = 0.01;
  int repetitions = 15;
};

nlohmann::json timed(Seconds seconds, double bytes) {
  return {{"seconds", seconds.median},
          {"fastest_seconds", seconds.fastest},
          {"bytes_per_s", bytes / seconds.median}};
}

struct Shape {
  const char* name;
  float (*gradient)(const Random&, int64_t i, int64_t n);
  int misled = 0;  // so many samples
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
       const bool hot = i >= n / 2 && i < n / 2 + n / 100;
       return normal(random, i, n) * (hot ? 1000.0f : 1.0f);
     }},
    {"one_nonzero", [](const Random&, int64_t i, int64_t n) { return i == n / 2 ? 1.0f : 0.0f; }},
    // Large exactly where the first sample looks, or every sample: another pass must be made, and
    // where all samples mislead, with a bound that must be raised as often as ever possible.
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

// Selection from residual + gradient; the rivals are given the sum, which they need in memory.
nlohmann::json bench_shape(const Context& context, const Shape& shape, const Options& options,
                           const std::vector<float>& residual, ops::SparseVector& selected) {
  const auto n = static_cast<int64_t>(residual.size());
  const auto k = static_cast<int64_t>(options.density * static_cast<double>(n));
  const std::vector<float> gradient = gradient_of(shape, n);
  const ops::Accumulator accumulator{residual, gradient};
  ops::SelectScratch scratch;
  const Seconds stream = triad(1, options.repetitions);
  const Seconds top_k =
      measure(options.repetitions, [&] { ops::top_k(context, accumulator, k, scratch, selected); });
  std::vector<float> magnitudes(n), copy;
  ops::accumulate(context, accumulator, magnitudes);
  for (float& x : magnitudes) x = std::abs(x);
  double nth_element = INFINITY;
  for (int i = 0; i < std::min(5, options.repetitions); ++i) {
    copy = magnitudes;
    const int64_t start = steady_ns();
    std::nth_element(copy.begin(), copy.end() - k, copy.end());
    nth_element = std::min(nth_element, static_cast<double>(steady_ns() - start) * 1e-9);
  }
  const double triad_rate = triad_bytes / stream.fastest;
  const double bound = 20.0 * static_cast<double>(n) / (0.6 * triad_rate);
  nlohmann::json out = timed(top_k, 8.0 * static_cast<double>(n));
  out["shape"] = shape.name;
  out["selected"] = selected.size();
  out["triad_bytes_per_s"] = triad_rate;
  out["of_bound"] = top_k.fastest / bound;  // 20 bytes an element at 0.6 triad
  out["nth_element_fastest_seconds"] = nth_element;
  out["nth_element_over_top_k"] = nth_element / top_k.fastest;
  return out;
}

// What an owner of an eighth of the elements gets from eight ranks.
nlohmann::json bench_pair_sum(const ops::SparseVector& pairs, int64_t n, int repetitions) {
  constexpr int64_t ranks = 8;
  const int64_t window = n / ranks + 1;
  std::vector<ops::SparseVector> lists(ranks);
  for (int64_t i = 0; i < pairs.size(); ++i)
    lists[pairs.indices[i] / window].push_back(static_cast<int32_t>(pairs.indices[i] % window),
                                               pairs.values[i]);
  ops::PairSum sum;
  ops::SparseVector total;
  const Seconds seconds = measure(repetitions, [&] {
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
    const Seconds encoding = measure(repetitions, [&] {
      bytes.clear();
      encode();
    });
    const Seconds decoding = measure(repetitions, decode);
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

int bench_select(const Options& options) {
  if (!(options.n >= 1 && options.n <= INT32_MAX && options.density > 0 && options.density <= 1))
    fail(ExitCode::usage, "bench select: n from 1 to 2^31 - 1, density from 0 to 1");
  const auto n = static_cast<int64_t>(options.n);
  const Context context{.isa = detect_isa()};
  std::vector<float> residual(n), gradient(n);
  const Random random(2, Stream::test);
  for (int64_t i = 0; i < n; ++i) gradient[i] = static_cast<float>(random.normal(i));
  nlohmann::json out = {{"n", n}, {"density", options.density}, {"isa", isa_name(context.isa)}};
  ops::SparseVector selected, pairs;
  for (const Shape& shape : shapes) {
    out["top_k"].push_back(bench_shape(context, shape, options, residual, selected));
    if (pairs.size() == 0) pairs = selected;  // of the first shape
  }
  const auto bytes = static_cast<double>(n);
  const ops::Accumulator accumulator{residual, gradient};
  out["accumulate"] =
      timed(measure(options.repetitions, [&] { ops::accumulate(context, accumulator, residual); }),
            12 * bytes);
  out["moments"] =
      timed(measure(options.repetitions, [&] { ops::moments(context, accumulator); }), 8 * bytes);
  out["pair_sum"] = bench_pair_sum(pairs, n, options.repetitions);
  out["codes"] = bench_codecs(pairs, n, options.repetitions);
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_select(CLI::App& command, Action& action) {
  auto options = std::make_shared<Options>();
  command.add_option("--n", options->n, "elements of the gradient")->capture_default_str();
  command.add_option("--density", options->density, "selected share")->capture_default_str();
  command.add_option("--repetitions", options->repetitions, "the median counts")
      ->capture_default_str();
  command.callback([=, &action] { action = [=] { return bench_select(*options); }; });
}

}  // namespace laconic
