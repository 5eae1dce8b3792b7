// Statistics of a partition that matter to training: the share of edges that are kept, and the
// label entropy of batches (Chiang et al. 2019, figure 2).
#include <algorithm>
#include <cmath>

#include "data/graph/partition.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

double entropy(std::span<const int64_t> counts) {
  double total = 0;
  for (const int64_t c : counts) total += static_cast<double>(c);
  double sum = 0;
  for (const int64_t c : counts)
    if (c > 0) sum -= static_cast<double>(c) / total * std::log(static_cast<double>(c) / total);
  return sum;
}

}  // namespace

LabelEntropy label_entropy(const Partition& partition, const std::vector<int32_t>& classes,
                           int32_t num_classes) {
  LACONIC_CHECK(partition.part_of.size() == classes.size(), "{} nodes, {} labels",
                partition.part_of.size(), classes.size());
  std::vector<int64_t> all(num_classes, 0);
  std::vector<int64_t> counts(static_cast<int64_t>(partition.parts) * num_classes, 0);
  for (size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0) continue;
    ++all[classes[i]];
    ++counts[static_cast<int64_t>(partition.part_of[i]) * num_classes + classes[i]];
  }
  LabelEntropy result{.graph = entropy(all), .parts = 0};
  int64_t labelled_parts = 0;
  for (int32_t p = 0; p < partition.parts; ++p) {
    const auto part = std::span(counts).subspan(static_cast<int64_t>(p) * num_classes, num_classes);
    if (std::all_of(part.begin(), part.end(), [](int64_t c) { return c == 0; })) continue;
    result.parts += entropy(part);
    ++labelled_parts;
  }
  if (labelled_parts > 0) result.parts /= static_cast<double>(labelled_parts);
  return result;
}

double kept_edges_fraction(const CsrView& pattern, const Partition& partition) {
  const int64_t edges = pattern.nonzeros() / 2;
  return edges == 0 ? 1 : 1 - static_cast<double>(partition.edge_cut) / static_cast<double>(edges);
}

}  // namespace laconic::data
