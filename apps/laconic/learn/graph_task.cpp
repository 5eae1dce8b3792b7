#include "apps/laconic/learn/graph_task.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>

#include "apps/laconic/learn/class_weights.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "data/commonest_class.hpp"
#include "data/graph/order.hpp"
#include "data/graph/source.hpp"
#include "framework/base/error.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
namespace {

ops::Input<float> whole_input(const data::Features& f) {
  if (f.is_bits()) return {.bits = {f.bits(), {}}};
  if (f.is_sparse()) return {.sparse = f.sparse()};
  return {.dense = f.dense()};
}

}  // namespace

GraphTask::GraphTask(const Config& config, const Context& context, comm::Exchange& exchange,
                     Use use, const nlohmann::json* trained)
    : context_(context) {
  const DataOptions& options = config.get<DataOptions>();
  std::optional<TrainedInputs> inputs;
  std::optional<data::Standardisation> scaled;
  if (trained) inputs.emplace(*trained);
  if (trained && options.standardise) scaled = inputs->standardisation();
  if (use == Use::train && exchange.rank() == 0)
    spdlog::info("reading the graph ({})", options.source.format.entry().name);
  patiently(exchange, [&] { load(options, trained ? &*inputs : nullptr); });
  same_everywhere(exchange, data::to_text(content_), "give all ranks the same data");
  if (use == Use::plan) measured_partition(options, exchange);
  if (use == Use::train) partition_ = shared_partition(training_edges().pattern, options, exchange);
  patiently(exchange, [&] {
    if (use != Use::evaluate) cut(options, static_cast<uint64_t>(config.seed()));
    features_ = prepare_features(data_, training_edges(), config, scaled ? &*scaled : nullptr);
    build_networks(config.get<models::ModelOptions>());
  });
  if (!trained)
    class_weights_ =
        laconic::class_weights(config.get<TrainOptions>().class_weights, data_.labels.single,
                               data_.split.train, data_.labels.classes);
  targets_ = std::make_unique<GraphTargets>(data_);
  if (use != Use::evaluate) make_batches(options);
}

void GraphTask::load(const DataOptions& options, const TrainedInputs* trained) {
  data_ = data::load_graph(options.source);
  if (!options.edge_weights) data_.weights.clear();
  if (trained) trained->fit(data_);
  content_ = data::content_of(data_);
  label_counts_ = data::count_labels(data_.labels.single, data_.split);
  if (!trained) check_training_data();
  if (data_.features.cols == 0)
    fail(ExitCode::data,
         "{}: no node features; data.source.missing_features=identity or degree makes some",
         data_.name);
  remarks_.notes.push_back(
      fmt::format("{}: {} nodes, {} edges, {} features, {} {}; {}", data_.name, data_.nodes(),
                  data_.undirected_edges(), data_.features.cols, data_.labels.classes,
                  data_.labels.is_multi_label() ? "labels" : "classes", data::text(label_counts_)));
  if (const auto doubt = data::doubt_about(data_.labels.single, data_.labels.classes);
      !doubt.empty())
    remarks_.warnings.push_back(data_.name + ": " + doubt);
  inductive_ = options.inductive && !trained;
  if (inductive_) training_edges_ = data::keep_edges_within(data_.edges(), data_.split.train);
}

void GraphTask::check_training_data() const {
  const data::Split& split = data_.split;
  if (split.train.empty() && split.val.empty() && split.test.empty())
    fail(ExitCode::data,
         "{}: splits: missing; add splits/<name>/{{train,val,test}}, or ask for split random "
         "(60/20/20): data.source.split=random",
         data_.name);
  if (label_counts_[0].labelled == 0)
    fail(ExitCode::data, "{}: no training node has a label (of {} training nodes)", data_.name,
         label_counts_[0].rows);
}

SparseView<float> GraphTask::training_edges() const {
  return inductive_ ? training_edges_.view() : data_.edges();
}

// Rank 0 alone partitions, and METIS needs more memory than all that follows.
void GraphTask::measured_partition(const DataOptions& options, comm::Exchange& exchange) {
  root_stage_.peak_before = peak_host_memory();
  restart_peak();
  partition_ = shared_partition(training_edges().pattern, options, exchange);
  root_stage_.peak = peak_host_memory();
  root_stage_.is_kept = !options.cache_dir.empty();
  restart_peak();
}

void GraphTask::cut(const DataOptions& options, uint64_t seed) {
  original_nodes_ = data::order_by_cluster(data_, partition_);
  if (inductive_) training_edges_ = data::keep_edges_within(data_.edges(), data_.split.train);
  const Remarks more =
      describe_partition(data_, training_edges().pattern, partition_, options, seed);
  remarks_.notes.insert(remarks_.notes.end(), more.notes.begin(), more.notes.end());
  remarks_.warnings.insert(remarks_.warnings.end(), more.warnings.begin(), more.warnings.end());
}

void GraphTask::build_networks(const models::ModelOptions& options) {
  const models::ModelInputs inputs{.features = data_.features.cols,
                                   .sparse = features_.form != FeatureForm::dense,
                                   .aggregated_sparse = features_.training_aggregated.is_sparse(),
                                   .outputs = data_.labels.classes};
  network_ = models::build(options, inputs, models::Purpose::train);
  evaluation_network_ = models::build(options, inputs, models::Purpose::evaluate);
  graph::adopt_layout(evaluation_network_, network_);
  const models::InputNeeds needs = models::needs(options);
  normalisation_ = needs.normalisation;
  if (needs.edges) data::fill_scales(normalisation_, data_.edges(), scales_);
}

void GraphTask::make_batches(const DataOptions& options) {
  std::vector<const data::Features*> tables;
  for (const graph::InputSpec& input : network_.inputs)
    tables.push_back(input.name == "aggregated_features" ? &features_.training_aggregated
                                                         : &data_.features);
  batches_ = std::make_unique<data::ClusterBatches>(training_edges(), tables, data_.labels,
                                                    data_.split.train, partition_, normalisation_,
                                                    clusters_per_batch(options, partition_));
}

SplitScores GraphTask::score(const graph::Point<float>& point, const SeeLogits& see) {
  graph::Feed<float> feed;
  feed.rows = data_.nodes();
  for (const graph::InputSpec& input : evaluation_network_.inputs) {
    const bool aggregated = input.name == "aggregated_features";
    feed.inputs.push_back(whole_input(!aggregated  ? data_.features
                                      : inductive_ ? features_.aggregated
                                                   : features_.training_aggregated));
  }
  feed.neighbourhood = {data_.pattern(),  scales_.row, scales_.source,
                        scales_.diagonal, 0,           data_.weights};
  graph::Scorer scorers[] = {graph::Scorer(outputs()), graph::Scorer(outputs()),
                             graph::Scorer(outputs())};
  graph::FullGraph<float> network(evaluation_network_, context_);
  network.run(point, feed, [&](int64_t first, MatrixView<const float> logits) {
    for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test})
      scorers[static_cast<int>(s)].add(context_, logits, targets_->rows(s, first, logits.rows));
    if (see) see(first, logits);
  });
  return {scorers[0].scores(), scorers[1].scores(), scorers[2].scores()};
}

int64_t GraphTask::evaluation_bytes() const {
  return graph::FullGraph<float>(evaluation_network_, context_).memory_bytes(data_.nodes());
}

double GraphTask::majority() const {
  if (is_multi_label()) return std::numeric_limits<double>::quiet_NaN();
  return data::commonest_class_accuracy(data_.labels.single, data_.labels.classes, data_.split);
}

std::string GraphTask::row_name(int64_t node) const {
  return data_.node_names.empty() ? "" : data_.node_names[node];
}

std::string GraphTask::class_name(int64_t c) const {
  return data_.class_names.empty() ? std::to_string(c) : data_.class_names[c];
}

std::string GraphTask::split_of(int64_t node) const {
  const data::Split& split = data_.split;
  const std::vector<int32_t>* parts[] = {&split.train, &split.val, &split.test};
  for (int s = 0; s < 3; ++s)
    if (std::ranges::binary_search(*parts[s], static_cast<int32_t>(node))) return split_names[s];
  return "";
}

std::vector<int32_t> GraphTask::labels_of(int64_t node) const {
  const data::Labels& labels = data_.labels;
  return {labels.multi_indices.begin() + labels.multi_indptr[node],
          labels.multi_indices.begin() + labels.multi_indptr[node + 1]};
}

Facts::Lines GraphTask::facts() const {
  return {{"features", laconic::name(features_.form)},
          {"batch", fmt::format("at most {} nodes, {} links", batches_->max_rows(),
                                batches_->max_nonzeros())}};
}

}  // namespace laconic
