#include "apps/laconic/learn/graph_targets.hpp"

namespace laconic {

GraphTargets::GraphTargets(const data::Graph& graph)
    : classes_number_(graph.labels.classes), multi_(graph.labels.is_multi_label()) {
  const data::Labels& labels = graph.labels;
  const auto nodes = static_cast<size_t>(graph.nodes());
  if (multi_) {
    multi_hot_.assign(nodes * labels.classes, 0);
    for (size_t v = 0; v < nodes; ++v)
      for (int64_t k = labels.multi_indptr[v]; k < labels.multi_indptr[v + 1]; ++k)
        multi_hot_[v * labels.classes + labels.multi_indices[k]] = 1;
  }
  const std::vector<int32_t>* splits[] = {&graph.split.train, &graph.split.val, &graph.split.test};
  for (int s = 0; s < 3; ++s) {
    if (multi_)
      labelled_[s].assign(nodes, 0);
    else
      classes_[s].assign(nodes, -1);
    for (const int32_t v : *splits[s])
      if (multi_)
        labelled_[s][v] = 1;
      else
        classes_[s][v] = labels.single[v];
  }
}

ops::Targets GraphTargets::rows(SplitName split, int64_t first, int64_t count) const {
  const int s = static_cast<int>(split);
  ops::Targets targets;
  if (multi_) {
    targets.multi_hot = {multi_hot_.data() + first * classes_number_, count, classes_number_};
    targets.labelled = std::span(labelled_[s]).subspan(first, count);
  } else {
    targets.classes = std::span(classes_[s]).subspan(first, count);
  }
  return targets;
}

}  // namespace laconic
