#include "apps/laconic/train/graph_task.hpp"

#include <algorithm>

#include "apps/laconic/train/together.hpp"
#include "data/graph/order.hpp"
#include "data/graph/source.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

// Density from which on a dense product, or one of bits, beats a sparse one.
constexpr double sparse_below = 0.1;

// The form in which a table is multiplied fastest among those that the model takes.
std::string choose_form(const Options& options, const data::Features& features) {
  const std::string& wanted = options.data.features;
  if (wanted != "auto") return wanted;
  if (!models::takes_sparse(options.model)) return "dense";
  if (features.is_sparse() && features.density() < sparse_below) return "sparse";
  return features.is_zero_one() ? "bits" : "dense";
}

void bring_into_form(data::Features& features, const std::string& form) {
  if (form == "bits" && !features.is_zero_one())
    fail(ExitCode::data, "data.features: bits: there are features other than 0 and 1");
  features = form == "bits"     ? data::to_bits(features)
             : form == "sparse" ? data::to_sparse(features)
                                : data::to_dense(features);
}

ops::Input<float> whole_input(const data::Features& f) {
  if (f.is_bits()) return {.bits = {f.bits(), {}}};
  if (f.is_sparse()) return {.sparse = f.sparse()};
  return {.dense = f.dense()};
}

}  // namespace

GraphTask::GraphTask(const Options& options, const Context& context, comm::Exchange& exchange,
                     Use use)
    : context_(context) {
  together(exchange, [&] { load(options); });
  if (use == Use::train) {
    cut(options, exchange);
    original_nodes_ = data::order_by_cluster(data_, partition_);
    if (inductive_)
      data::keep_edges_within(data_.pattern(), data_.split.train, training_indptr_,
                              training_indices_);
  }
  together(exchange, [&] { prepare_features(options); });
  const models::ModelOptions model = models::effective(options.model);
  const models::ModelInputs inputs{.features = data_.features.cols,
                                   .sparse = form_ != "dense",
                                   .aggregated_sparse = training_aggregated_.is_sparse(),
                                   .outputs = data_.labels.classes};
  together(exchange, [&] {
    network_ = models::build(options.model, inputs, models::Purpose::train);
    evaluation_network_ = models::build(options.model, inputs, models::Purpose::evaluate);
    graph::adopt_layout(evaluation_network_, network_);
  });
  normalisation_ = {model.normalisation, model.diagonal_lambda};
  if (models::find(model.kind).uses_edges)
    data::fill_scales(normalisation_, data_.pattern(), scales_);
  prepare_targets();
  if (use == Use::evaluate) return;

  const CsrView training =
      inductive_ ? CsrView{training_indptr_, training_indices_} : data_.pattern();
  std::vector<const data::Features*> tables;
  for (const graph::InputSpec& input : network_.inputs)
    tables.push_back(input.name == "aggregated_features" ? &training_aggregated_ : &data_.features);
  const auto q =
      static_cast<int32_t>(std::min<int64_t>(options.data.clusters_per_batch, partition_.parts));
  batches_ = std::make_unique<data::ClusterBatches>(
      training, tables, data_.labels, data_.split.train, partition_, normalisation_, q);
  describe_batches(options);
}

void GraphTask::load(const Options& options) {
  data_ = data::load_graph(options.data.source);
  if (data_.labels.classes < 1 || data_.split.train.empty())
    fail(ExitCode::data, "{}: no labels or no training nodes", data_.name);
  if (data_.features.cols == 0) fail(ExitCode::data, "{}: no node features", data_.name);
  notes_.push_back(fmt::format("{}: {} nodes, {} edges, {} features, {} {}", data_.name,
                               data_.nodes(), data_.undirected_edges(), data_.features.cols,
                               data_.labels.classes,
                               data_.labels.is_multi_label() ? "labels" : "classes"));
  inductive_ = options.data.inductive;
  if (inductive_)
    data::keep_edges_within(data_.pattern(), data_.split.train, training_indptr_,
                            training_indices_);
}

void GraphTask::prepare_features(const Options& options) {
  if (options.data.normalise_rows) data::normalise_rows(data_.features);
  if (options.data.standardise) {
    if (data_.features.is_sparse()) data_.features = data::to_dense(data_.features);
    data::standardise(data_.features, data_.split.train);
  }
  if (models::uses_precompute(options.model)) {
    const auto how =
        options.model.precompute == "sum" ? data::Aggregate::sum : data::Aggregate::mean;
    training_aggregated_ = data::aggregate_features(
        inductive_ ? CsrView{training_indptr_, training_indices_} : data_.pattern(), data_.features,
        how);
    if (inductive_) aggregated_ = data::aggregate_features(data_.pattern(), data_.features, how);
  }
  form_ = choose_form(options, data_.features);
  bring_into_form(data_.features, form_);
  if (training_aggregated_.rows == 0) return;
  // Means and sums are seldom zeros and ones.
  std::string form = choose_form(options, training_aggregated_);
  if (form == "bits") form = "dense";
  bring_into_form(training_aggregated_, form);
  bring_into_form(aggregated_, form);
}

// Rank 0 partitions (or finds the partition in the cache); the others get its answer.
void GraphTask::cut(const Options& options, comm::Exchange& exchange) {
  const CsrView training =
      inductive_ ? CsrView{training_indptr_, training_indices_} : data_.pattern();
  together(exchange, [&] {
    if (exchange.rank() == 0)
      partition_ = data::cached_partition(training, options.data.partition, options.data.cache_dir);
  });
  int64_t head[2] = {partition_.parts, partition_.edge_cut};
  exchange.broadcast(std::as_writable_bytes(std::span(head)), 0);
  partition_.parts = static_cast<int32_t>(head[0]);
  partition_.edge_cut = head[1];
  partition_.part_of.resize(data_.nodes());
  exchange.broadcast(std::as_writable_bytes(std::span(partition_.part_of)), 0);
}

void GraphTask::describe_batches(const Options& options) {
  const CsrView training =
      inductive_ ? CsrView{training_indptr_, training_indices_} : data_.pattern();
  const auto q =
      static_cast<int32_t>(std::min<int64_t>(options.data.clusters_per_batch, partition_.parts));
  const double kept = data::kept_edges_fraction(training, partition_);
  const double p = partition_.parts;
  const double expected = p > 1 ? kept + (1 - kept) * (q - 1) / (p - 1) : 1;
  notes_.push_back(
      fmt::format("{} clusters, {} a batch: {:.0f} % of the edges lie within a cluster, {:.0f} % "
                  "within a batch",
                  partition_.parts, q, 100 * kept, 100 * expected));
  if (partition_.parts < options.data.partition.parts)
    warnings_.push_back(fmt::format("data.parts: {} asked for, {} hold a node",
                                    options.data.partition.parts, partition_.parts));
  if (data_.labels.is_multi_label()) return;
  // Batches in which few classes meet train badly (section 3.2 of the Cluster-GCN paper).
  data::EpochOrder order(partition_.parts, q);
  order.set(static_cast<uint64_t>(options.seed), 0);
  std::vector<int32_t> labels(data_.nodes(), -1);
  for (const int32_t v : data_.split.train) labels[v] = data_.labels.single[v];
  const auto entropy =
      data::label_entropy(data::merge_groups(partition_, order), labels, data_.labels.classes);
  notes_.push_back(fmt::format("label entropy of a batch {:.2f} nats, of the graph {:.2f}",
                               entropy.parts, entropy.graph));
  if (entropy.parts < 0.6 * entropy.graph)
    warnings_.push_back(
        fmt::format("batches hold few classes (entropy {:.2f} of {:.2f} nats): raise "
                    "data.clusters_per_batch (now {})",
                    entropy.parts, entropy.graph, q));
}

void GraphTask::prepare_targets() {
  const data::Labels& labels = data_.labels;
  const int64_t nodes = data_.nodes();
  if (labels.is_multi_label()) {
    multi_hot_.assign(nodes * labels.classes, 0);
    for (int64_t v = 0; v < nodes; ++v)
      for (int64_t k = labels.multi_indptr[v]; k < labels.multi_indptr[v + 1]; ++k)
        multi_hot_[v * labels.classes + labels.multi_indices[k]] = 1;
  }
  const std::vector<int32_t>* splits[] = {&data_.split.train, &data_.split.val, &data_.split.test};
  for (int s = 0; s < 3; ++s) {
    if (labels.is_multi_label())
      labelled_[s].assign(nodes, 0);
    else
      classes_[s].assign(nodes, -1);
    for (const int32_t v : *splits[s])
      if (labels.is_multi_label())
        labelled_[s][v] = 1;
      else
        classes_[s][v] = labels.single[v];
  }
}

ops::Targets GraphTask::targets(SplitName split, int64_t first, int64_t count) const {
  const int s = static_cast<int>(split);
  ops::Targets t;
  if (data_.labels.is_multi_label()) {
    t.multi_hot = {multi_hot_.data() + first * outputs(), count, outputs()};
    t.labelled = std::span(labelled_[s]).subspan(first, count);
  } else {
    t.classes = std::span(classes_[s]).subspan(first, count);
  }
  return t;
}

Evaluation GraphTask::evaluate(std::span<const float> parameters, const SeeLogits& see) {
  graph::Feed<float> feed;
  feed.rows = data_.nodes();
  for (const graph::InputSpec& input : evaluation_network_.inputs) {
    const bool aggregated = input.name == "aggregated_features";
    feed.inputs.push_back(whole_input(!aggregated  ? data_.features
                                      : inductive_ ? aggregated_
                                                   : training_aggregated_));
  }
  feed.neighbourhood = {data_.pattern(), scales_.row, scales_.source, scales_.diagonal, 0};
  graph::Scorer scorers[] = {graph::Scorer(outputs()), graph::Scorer(outputs()),
                             graph::Scorer(outputs())};
  graph::FullGraph<float> network(evaluation_network_, context_);
  network.run(parameters, feed, [&](int64_t first, MatrixView<const float> logits) {
    for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test})
      scorers[static_cast<int>(s)].add(context_, logits, targets(s, first, logits.rows));
    if (see) see(first, logits);
  });
  Evaluation evaluation;
  for (int s = 0; s < 3; ++s) evaluation.scores[s] = scorers[s].scores();
  return evaluation;
}

std::string GraphTask::row_name(int64_t node) const {
  return data_.node_names.empty() ? "" : data_.node_names[node];
}

std::string GraphTask::class_name(int64_t c) const {
  return data_.class_names.empty() ? std::to_string(c) : data_.class_names[c];
}

std::vector<std::pair<std::string, std::string>> GraphTask::facts() const {
  return {{"features", form_},
          {"batch", fmt::format("at most {} nodes, {} links", batches_->max_rows(),
                                batches_->max_nonzeros())}};
}

}  // namespace laconic
