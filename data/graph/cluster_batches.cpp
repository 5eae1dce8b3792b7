// Builds Cluster-GCN batches. In cluster order a cluster is one contiguous slab of nodes, features
// and labels. A batch concatenates slabs and renumbers the neighbours inside it. Tables that are
// already in this order are used in place; others are copied once.
#include "data/graph/cluster_batches.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

#include "data/graph/order.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/bits/bits.hpp"

namespace laconic::data {
namespace {

constexpr int32_t absent = std::numeric_limits<int32_t>::min();

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from, int64_t begin, int64_t end) {
  to.insert(to.end(), from.begin() + begin, from.begin() + end);
}

int64_t sum_of_largest(std::vector<int64_t> values, int64_t count) {
  count = std::min(count, static_cast<int64_t>(values.size()));
  std::partial_sort(values.begin(), values.begin() + count, values.end(), std::greater<>());
  return std::accumulate(values.begin(), values.begin() + count, int64_t{0});
}

}  // namespace

struct ClusterBatches::Impl {
  Normalisation normalisation;
  int32_t per_batch = 1;
  std::vector<int64_t> cluster_begin;  // clusters + 1; all members below are in cluster order
  std::vector<int32_t> nodes;          // original ids
  std::vector<int32_t> cluster_of;
  std::span<const int64_t> indptr;
  std::span<const int32_t> indices;
  std::span<const float> weights;
  std::vector<const Features*> inputs;
  Adjacency own_edges;  // memory of the four above, if they were copied
  std::vector<Features> own_inputs;
  std::vector<int32_t> classes;   // -1 outside train; empty when multi-label
  std::vector<uint8_t> labelled;  // 1 in train; empty when single-label
  std::vector<int64_t> multi_indptr;
  std::vector<int32_t> multi_indices;
  int32_t num_classes = 0;
  std::vector<int64_t> labels_in;  // per cluster

  int32_t clusters() const { return static_cast<int32_t>(labels_in.size()); }
  bool is_multi_label() const { return !multi_indptr.empty(); }
  int64_t largest(const std::function<int64_t(int64_t begin, int64_t end)>& size) const;
  void set_order(const Partition& partition);
  void set_labels(const Labels& labels, const std::vector<int32_t>& train);

  void build_pattern(std::span<const int32_t> group, ClusterBatch& batch) const;
  void build_input(std::span<const int32_t> group, size_t i, ClusterBatch& batch) const;
  void build_labels(std::span<const int32_t> group, ClusterBatch& batch) const;
  void set_feed(ClusterBatch& batch) const;
};

// Returns the largest possible sum of size(rows of a cluster) over a group.
int64_t ClusterBatches::Impl::largest(const std::function<int64_t(int64_t, int64_t)>& size) const {
  std::vector<int64_t> sizes(clusters());
  for (int32_t c = 0; c < clusters(); ++c) sizes[c] = size(cluster_begin[c], cluster_begin[c + 1]);
  return sum_of_largest(std::move(sizes), per_batch);
}

void ClusterBatches::Impl::set_order(const Partition& partition) {
  const auto count = static_cast<int64_t>(partition.part_of.size());
  cluster_begin.assign(partition.parts + 1, 0);
  for (const int32_t c : partition.part_of) {
    LACONIC_CHECK(c >= 0 && c < partition.parts, "cluster {} of {}", c, partition.parts);
    ++cluster_begin[c + 1];
  }
  std::partial_sum(cluster_begin.begin(), cluster_begin.end(), cluster_begin.begin());
  std::vector<int64_t> next(cluster_begin.begin(), cluster_begin.end() - 1);
  nodes.resize(count);
  cluster_of.resize(count);
  for (int64_t node = 0; node < count; ++node) {
    const int32_t c = partition.part_of[node];
    cluster_of[next[c]] = c;
    nodes[next[c]++] = static_cast<int32_t>(node);
  }
}

void ClusterBatches::Impl::set_labels(const Labels& labels, const std::vector<int32_t>& train) {
  num_classes = labels.classes;
  std::vector<uint8_t> in_train(nodes.size(), 0);
  for (const int32_t node : train) in_train[node] = 1;
  labels_in.assign(cluster_begin.size() - 1, 0);
  if (labels.is_multi_label())
    permute_rows({labels.multi_indptr, labels.multi_indices}, nodes, {}, multi_indptr,
                 multi_indices);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const bool train_row = in_train[nodes[i]] != 0;
    const bool has_label = train_row && (is_multi_label() || labels.single[nodes[i]] >= 0);
    if (is_multi_label())
      labelled.push_back(train_row);
    else
      classes.push_back(has_label ? labels.single[nodes[i]] : -1);
    labels_in[cluster_of[i]] += has_label;
  }
}

ClusterBatches::ClusterBatches(const SparseView<float>& training_edges,
                               std::vector<const Features*> inputs, const Labels& labels,
                               const std::vector<int32_t>& train, const Partition& partition,
                               const Normalisation& normalisation, int32_t clusters_per_batch) {
  const int64_t count = training_edges.pattern.rows();
  LACONIC_CHECK(static_cast<int64_t>(partition.part_of.size()) == count,
                "partition of {} nodes, graph of {}", partition.part_of.size(), count);
  LACONIC_CHECK(clusters_per_batch >= 1, "{} clusters per batch", clusters_per_batch);
  auto impl = std::make_shared<Impl>();
  impl->normalisation = normalisation;
  impl->per_batch = clusters_per_batch;
  impl->set_order(partition);
  for (const Features* input : inputs)
    LACONIC_CHECK(input->rows == count, "{} rows of features, {} nodes", input->rows, count);
  SparseView<float> edges = training_edges;
  if (std::ranges::is_sorted(partition.part_of)) {
    impl->inputs = std::move(inputs);
  } else {
    impl->own_edges = permute(training_edges, impl->nodes, places(impl->nodes));
    edges = impl->own_edges.view();
    for (const Features* input : inputs) impl->own_inputs.push_back(permute(*input, impl->nodes));
    for (const Features& input : impl->own_inputs) impl->inputs.push_back(&input);
  }
  impl->indptr = edges.pattern.indptr;
  impl->indices = edges.pattern.indices;
  impl->weights = edges.values;
  impl->set_labels(labels, train);
  impl_ = std::move(impl);
}

int32_t ClusterBatches::clusters() const {
  return impl_->clusters();
}

int32_t ClusterBatches::units_per_batch() const {
  return impl_->per_batch;
}

int64_t ClusterBatches::rows() const {
  return static_cast<int64_t>(impl_->nodes.size());
}

int64_t ClusterBatches::labels_in(std::span<const int32_t> clusters) const {
  int64_t sum = 0;
  for (const int32_t c : clusters) sum += impl_->labels_in[c];
  return sum;
}

int64_t ClusterBatches::max_rows() const {
  return impl_->largest([](int64_t begin, int64_t end) { return end - begin; });
}

int64_t ClusterBatches::max_nonzeros() const {
  return impl_->largest(
      [&](int64_t begin, int64_t end) { return impl_->indptr[end] - impl_->indptr[begin]; });
}

ClusterBatch ClusterBatches::make_buffers() const {
  const Impl& m = *impl_;
  const int64_t rows = max_rows();
  ClusterBatch batch;
  batch.slots.assign(m.clusters(), absent);
  batch.nodes.reserve(rows);
  batch.indptr.reserve(rows + 1);
  batch.indices.resize(max_nonzeros());
  if (!m.weights.empty()) batch.weights.resize(max_nonzeros());
  for (auto* scale : {&batch.scales.row, &batch.scales.source, &batch.scales.diagonal})
    scale->reserve(rows);
  const size_t inputs = m.inputs.size();
  batch.dense.resize(inputs);
  batch.sparse_indptr.resize(inputs);
  batch.sparse_indices.resize(inputs);
  batch.sparse_values.resize(inputs);
  batch.words.resize(inputs);
  batch.transposed_words.resize(inputs);
  for (size_t i = 0; i < inputs; ++i) {
    const Features& f = *m.inputs[i];
    if (f.is_bits()) {
      batch.words[i].reserve(rows * BitView::words_per_row(f.cols));
      batch.transposed_words[i].resize(f.cols * BitView::words_per_row(rows));
      continue;
    }
    if (!f.is_sparse()) {
      batch.dense[i].reserve(rows * f.cols);
      continue;
    }
    const int64_t entries =
        m.largest([&](int64_t begin, int64_t end) { return f.indptr[end] - f.indptr[begin]; });
    batch.sparse_indptr[i].reserve(rows + 1);
    batch.sparse_indices[i].reserve(entries);
    if (!f.values.empty()) batch.sparse_values[i].reserve(entries);
  }
  if (m.is_multi_label()) {
    batch.multi_hot.reserve(rows * m.num_classes);
    batch.labelled.reserve(rows);
  } else {
    batch.classes.reserve(rows);
  }
  batch.feed.inputs.resize(inputs);
  return batch;
}

// slots[c] converts the position of a node of cluster c in the whole order to its row in the batch,
// or marks c as absent.
void ClusterBatches::Impl::build_pattern(std::span<const int32_t> group,
                                         ClusterBatch& batch) const {
  batch.nodes.clear();
  for (const int32_t c : group) {
    batch.slots[c] =
        static_cast<int32_t>(static_cast<int64_t>(batch.nodes.size()) - cluster_begin[c]);
    append(batch.nodes, nodes, cluster_begin[c], cluster_begin[c + 1]);
  }
  batch.indptr.assign(1, 0);
  int64_t written = 0;
  int32_t* out = batch.indices.data();
  for (const int32_t c : group) {
    for (int64_t i = cluster_begin[c]; i < cluster_begin[c + 1]; ++i) {
      for (int64_t k = indptr[i]; k < indptr[i + 1]; ++k) {
        const int32_t neighbour = indices[k];
        const int32_t slot = batch.slots[cluster_of[neighbour]];
        if (slot == absent) continue;
        if (!weights.empty()) batch.weights[written] = weights[k];
        out[written++] = neighbour + slot;
      }
      batch.indptr.push_back(written);
    }
  }
  for (const int32_t c : group) batch.slots[c] = absent;
}

void ClusterBatches::Impl::build_input(std::span<const int32_t> group, size_t i,
                                       ClusterBatch& batch) const {
  const Features& f = *inputs[i];
  if (f.is_bits()) {
    batch.words[i].clear();
    for (int64_t column = 0; column < BitView::words_per_row(f.cols); ++column)
      for (const int32_t c : group)
        append(batch.words[i], f.words, column * f.rows + cluster_begin[c],
               column * f.rows + cluster_begin[c + 1]);
    return;
  }
  if (!f.is_sparse()) {
    batch.dense[i].clear();
    for (const int32_t c : group)
      append(batch.dense[i], f.values, cluster_begin[c] * f.cols, cluster_begin[c + 1] * f.cols);
    return;
  }
  batch.sparse_indptr[i].assign(1, 0);
  batch.sparse_indices[i].clear();
  batch.sparse_values[i].clear();
  for (const int32_t c : group) {
    const int64_t begin = f.indptr[cluster_begin[c]];
    const int64_t shift = static_cast<int64_t>(batch.sparse_indices[i].size()) - begin;
    for (int64_t row = cluster_begin[c]; row < cluster_begin[c + 1]; ++row)
      batch.sparse_indptr[i].push_back(f.indptr[row + 1] + shift);
    const int64_t end = f.indptr[cluster_begin[c + 1]];
    append(batch.sparse_indices[i], f.indices, begin, end);
    if (!f.values.empty()) append(batch.sparse_values[i], f.values, begin, end);
  }
}

void ClusterBatches::Impl::build_labels(std::span<const int32_t> group, ClusterBatch& batch) const {
  batch.classes.clear();
  batch.labelled.clear();
  batch.multi_hot.clear();
  batch.labels = 0;
  for (const int32_t c : group) {
    const int64_t begin = cluster_begin[c], end = cluster_begin[c + 1];
    batch.labels += labels_in[c];
    if (!is_multi_label()) {
      append(batch.classes, classes, begin, end);
      continue;
    }
    append(batch.labelled, labelled, begin, end);
    const auto first = static_cast<int64_t>(batch.multi_hot.size());
    batch.multi_hot.resize(first + (end - begin) * num_classes, 0);
    for (int64_t row = begin; row < end; ++row) {
      if (!labelled[row]) continue;
      uint8_t* hot = batch.multi_hot.data() + first + (row - begin) * num_classes;
      for (int64_t k = multi_indptr[row]; k < multi_indptr[row + 1]; ++k) hot[multi_indices[k]] = 1;
    }
  }
}

void ClusterBatches::Impl::set_feed(ClusterBatch& batch) const {
  graph::Feed<float>& feed = batch.feed;
  feed.rows = batch.rows;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int64_t cols = inputs[i]->cols;
    if (inputs[i]->is_bits()) {
      const BitView bits{batch.words[i].data(), batch.rows, cols, batch.rows};
      feed.inputs[i].bits = {bits, ops::transpose(bits, batch.transposed_words[i].data())};
    } else if (inputs[i]->is_sparse()) {
      feed.inputs[i].sparse = {
          {batch.sparse_indptr[i], batch.sparse_indices[i]}, batch.sparse_values[i], cols};
    } else {
      feed.inputs[i].dense = {batch.dense[i].data(), batch.rows, cols};
    }
  }
  feed.neighbourhood = {{batch.indptr, batch.indices},
                        batch.scales.row,
                        batch.scales.source,
                        batch.scales.diagonal,
                        0,
                        batch.weights};
  feed.targets = {};
  feed.targets.classes = batch.classes;
  feed.targets.labelled = batch.labelled;
  if (is_multi_label()) feed.targets.multi_hot = {batch.multi_hot.data(), batch.rows, num_classes};
}

void ClusterBatches::build(std::span<const int32_t> group, ClusterBatch& batch) const {
  const Impl& m = *impl_;
  LACONIC_CHECK(static_cast<int32_t>(group.size()) <= m.per_batch, "{} clusters, buffers for {}",
                group.size(), m.per_batch);
  m.build_pattern(group, batch);
  batch.rows = static_cast<int64_t>(batch.nodes.size());
  fill_scales(m.normalisation, {{batch.indptr, batch.indices}, batch.weights, batch.rows},
              batch.scales);
  for (size_t i = 0; i < m.inputs.size(); ++i) m.build_input(group, i, batch);
  m.build_labels(group, batch);
  m.set_feed(batch);
}

namespace {

template <class T>
int64_t bytes(const std::vector<T>& values) {
  return static_cast<int64_t>(values.capacity() * sizeof(T));
}
template <class T>
int64_t bytes(const std::vector<std::vector<T>>& vectors) {
  int64_t sum = 0;
  for (const std::vector<T>& values : vectors) sum += bytes(values);
  return sum;
}

int64_t bytes_of(const ClusterBatch& b) {
  const auto sum = [](const auto&... vectors) { return (bytes(vectors) + ...); };
  return sum(b.indptr, b.indices, b.weights, b.scales.row, b.scales.source, b.scales.diagonal,
             b.dense, b.sparse_indptr, b.sparse_indices, b.sparse_values, b.words,
             b.transposed_words, b.nodes, b.classes, b.multi_hot, b.labelled, b.slots);
}

class BuiltBatch final : public Batch {
 public:
  explicit BuiltBatch(const ClusterBatches& batches)
      : batches_(batches), batch_(batches.make_buffers()) {}
  graph::Feed<float>& build(std::span<const int32_t> group) override {
    batches_.build(group, batch_);
    return batch_.feed;
  }
  const graph::Feed<float>& feed() const override { return batch_.feed; }
  int64_t memory_bytes() const override { return bytes_of(batch_); }

 private:
  ClusterBatches batches_;  // keeps the viewed memory alive
  ClusterBatch batch_;
};

}  // namespace

std::unique_ptr<Batch> ClusterBatches::make_batch() const {
  return std::make_unique<BuiltBatch>(*this);
}

Partition merge_groups(const Partition& partition, const EpochOrder& order) {
  std::vector<int32_t> group_of(partition.parts);
  for (int64_t g = 0; g < order.groups(); ++g)
    for (const int32_t c : order.group(g)) group_of[c] = static_cast<int32_t>(g);
  Partition merged{
      .parts = static_cast<int32_t>(order.groups()), .part_of = partition.part_of, .edge_cut = 0};
  for (int32_t& part : merged.part_of) part = group_of[part];
  return merged;
}

}  // namespace laconic::data
