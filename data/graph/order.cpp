#include "data/graph/order.hpp"

#include <algorithm>
#include <numeric>

namespace laconic::data {

void permute_rows(const CsrView& in, std::span<const int32_t> nodes, std::span<const int32_t> place,
                  std::vector<int64_t>& indptr, std::vector<int32_t>& indices) {
  indptr.assign(1, 0);
  indptr.reserve(nodes.size() + 1);
  indices.reserve(in.nonzeros());
  for (const int32_t node : nodes) {
    const auto begin = static_cast<int64_t>(indices.size());
    for (int64_t k = in.indptr[node]; k < in.indptr[node + 1]; ++k)
      indices.push_back(place.empty() ? in.indices[k] : place[in.indices[k]]);
    if (!place.empty()) std::sort(indices.begin() + begin, indices.end());
    indptr.push_back(static_cast<int64_t>(indices.size()));
  }
}

Features permute(const Features& in, std::span<const int32_t> nodes) {
  Features out{.rows = in.rows, .cols = in.cols};
  if (in.is_sparse()) permute_rows({in.indptr, in.indices}, nodes, {}, out.indptr, out.indices);
  out.words.reserve(in.words.size());
  for (int64_t c = 0; in.is_bits() && c < BitView::words_per_row(in.cols); ++c)
    for (const int32_t node : nodes) out.words.push_back(in.words[c * in.rows + node]);
  out.values.reserve(in.values.size());
  for (const int32_t node : nodes) {
    const int64_t begin = in.is_sparse() ? in.indptr[node] : node * in.cols;
    const int64_t end = in.is_sparse() ? in.indptr[node + 1] : begin + in.cols;
    if (!in.values.empty())
      out.values.insert(out.values.end(), in.values.begin() + begin, in.values.begin() + end);
  }
  return out;
}

Adjacency permute(const SparseView<float>& in, std::span<const int32_t> nodes,
                  std::span<const int32_t> place) {
  Adjacency out;
  if (in.values.empty()) {
    permute_rows(in.pattern, nodes, place, out.indptr, out.indices);
    return out;
  }
  out.indptr.assign(1, 0);
  std::vector<std::pair<int32_t, float>> row;
  for (const int32_t node : nodes) {
    row.clear();
    for (int64_t k = in.pattern.indptr[node]; k < in.pattern.indptr[node + 1]; ++k)
      row.emplace_back(place[in.pattern.indices[k]], in.values[k]);
    std::ranges::sort(row);
    for (const auto& [index, weight] : row) {
      out.indices.push_back(index);
      out.weights.push_back(weight);
    }
    out.indptr.push_back(std::ssize(out.indices));
  }
  return out;
}

std::vector<int32_t> places(std::span<const int32_t> nodes) {
  std::vector<int32_t> place(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) place[nodes[i]] = static_cast<int32_t>(i);
  return place;
}

namespace {

template <class T>
void permute_values(std::vector<T>& values, std::span<const int32_t> nodes) {
  if (values.empty()) return;
  std::vector<T> out;
  out.reserve(values.size());
  for (const int32_t node : nodes) out.push_back(std::move(values[node]));
  values = std::move(out);
}

}  // namespace

std::vector<int32_t> order_by_cluster(Graph& graph, Partition& partition) {
  std::vector<int32_t> nodes(graph.nodes());
  std::iota(nodes.begin(), nodes.end(), 0);
  std::stable_sort(nodes.begin(), nodes.end(), [&](int32_t a, int32_t b) {
    return partition.part_of[a] < partition.part_of[b];
  });
  const std::vector<int32_t> place = places(nodes);
  Adjacency edges = permute(graph.edges(), nodes, place);
  graph.indptr = std::move(edges.indptr);
  graph.indices = std::move(edges.indices);
  graph.weights = std::move(edges.weights);
  graph.features = permute(graph.features, nodes);
  Labels& labels = graph.labels;
  permute_values(labels.single, nodes);
  if (labels.is_multi_label()) {
    std::vector<int64_t> multi_indptr;
    std::vector<int32_t> multi_indices;
    permute_rows({labels.multi_indptr, labels.multi_indices}, nodes, {}, multi_indptr,
                 multi_indices);
    labels.multi_indptr = std::move(multi_indptr);
    labels.multi_indices = std::move(multi_indices);
  }
  permute_values(graph.node_names, nodes);
  for (auto* split : {&graph.split.train, &graph.split.val, &graph.split.test}) {
    for (int32_t& node : *split) node = place[node];
    std::ranges::sort(*split);
  }
  permute_values(partition.part_of, nodes);
  return nodes;
}

}  // namespace laconic::data
