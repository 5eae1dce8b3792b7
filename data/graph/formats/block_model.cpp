#include "data/graph/formats/block_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// Draws the distances between successes of probability p: geometric, by inversion.
class Skips {
 public:
  Skips(const Random& random, double p)
      : random_(random), log_miss_(std::log1p(-p)), always_(p >= 1) {}
  int64_t next() {
    if (always_) return 1;
    const double distance = std::floor(std::log1p(-random_.uniform(index_++)) / log_miss_);
    return 1 + static_cast<int64_t>(std::min(distance, 1e18));
  }

 private:
  Random random_;
  double log_miss_;
  bool always_;
  uint64_t index_ = 0;
};

// Visits the pairs (i, j), j in [first(i), end(i)), in order, and takes each with probability p.
template <class First, class End>
void sample_pairs(int64_t nodes, double p, const Random& random, First first, End end,
                  Edges& edges) {
  if (p <= 0) return;
  Skips skips(random, p);
  int64_t ahead = skips.next() - 1;  // number of pairs before the next success
  for (int64_t i = 0; i < nodes; ++i) {
    const int64_t row_end = end(i);
    int64_t j = first(i);
    while (ahead < row_end - j) {
      j += ahead;
      edges.emplace_back(static_cast<int32_t>(i), static_cast<int32_t>(j));
      ++j;
      ahead = skips.next() - 1;
    }
    ahead -= row_end - j;
  }
}

double probability(double edges, double pairs, const char* kind, const std::string& where) {
  if (edges > pairs)
    fail(ExitCode::config,
         "{}: degree asks for {:.0f} links {} blocks, where there are {:.0f} pairs; use a smaller "
         "degree, "
         "fewer blocks or another share within",
         where, edges, kind, pairs);
  return pairs == 0 ? 0 : edges / pairs;
}

}  // namespace

Edges BlockModel::sample(int64_t seed, uint32_t substream, const std::string& where) const {
  const auto n = static_cast<double>(nodes);
  const double wanted = n * degree / 2;
  double pairs_inside = 0;
  for (int64_t b = 0; b < blocks; ++b) {
    const auto size = static_cast<double>(block_begin(b + 1) - block_begin(b));
    pairs_inside += size * (size - 1) / 2;
  }
  const double inside = probability(wanted * within, pairs_inside, "inside", where);
  const double between =
      probability(wanted * (1 - within), n * (n - 1) / 2 - pairs_inside, "between", where);
  Edges edges;
  edges.reserve(static_cast<size_t>(wanted + 6 * std::sqrt(wanted) + 64));
  const auto generator = [&](uint32_t k) {
    return Random(static_cast<uint64_t>(seed), Stream::data, 0, substream + k);
  };
  const auto after = [](int64_t i) { return i + 1; };
  const auto block_end = [&](int64_t i) { return block_begin(block_of(i) + 1); };
  const auto all = [&](int64_t) { return nodes; };
  sample_pairs(nodes, inside, generator(0), after, block_end, edges);
  sample_pairs(nodes, between, generator(1), block_end, all, edges);
  return edges;
}

void add_normals(const Random& random, std::span<float> values) {
  for (size_t k = 0; k < values.size(); k += 4) {
    const auto bits = random.bits(k / 4);
    float normal[4];
    for (int h = 0; h < 4; h += 2) {
      const float u = (static_cast<float>(bits[h] >> 8) + 0.5f) * 0x1p-24f;
      const float angle =
          static_cast<float>(bits[h + 1] >> 8) * 0x1p-24f * 2 * std::numbers::pi_v<float>;
      const float radius = std::sqrt(-2 * std::log(u));
      normal[h] = radius * std::cos(angle);
      normal[h + 1] = radius * std::sin(angle);
    }
    for (size_t h = 0; h < 4 && k + h < values.size(); ++h) values[k + h] += normal[h];
  }
}

}  // namespace laconic::data
