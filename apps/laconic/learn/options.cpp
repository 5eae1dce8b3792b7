#include "apps/laconic/learn/options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/laconic/learn/class_weights.hpp"
#include "apps/laconic/learn/clients/problem.hpp"
#include "comm/exchange/options.hpp"
#include "comm/gradient/options.hpp"
#include "framework/config/checks.hpp"

namespace laconic {

namespace {

constexpr config::Choice<FeatureForm> forms[] = {{"auto", FeatureForm::automatic},
                                                 {"dense", FeatureForm::dense},
                                                 {"sparse", FeatureForm::sparse},
                                                 {"bits", FeatureForm::bits}};

}  // namespace

const char* name(FeatureForm form) {
  return std::ranges::find(forms, form, &config::Choice<FeatureForm>::value)->name;
}

void DataOptions::describe(config::Fields& f) {
  f.group("source", source, "where the data come from");
  f.flag("standardise", standardise,
         "zero mean and unit variance: of each feature of the training nodes (dense), or of all "
         "pixels of the training images");
  const size_t of_all_kinds = f.list().size();
  f.path("cache_dir", cache_dir,
         "where partitions are kept between runs; empty = they are not kept")
      .changes_no_numbers();
  f.choice("features", features, {std::begin(forms), std::end(forms)},
           "how node features are held; auto = sparse when less than 10 % of them are not zero, "
           "else bits when all are 0 or 1");
  f.flag("normalise_rows", normalise_rows, "divide the features of each node by their sum");
  f.flag("edge_weights", edge_weights,
         "aggregate with the weights of the edges, if the data have any");
  f.flag("inductive", inductive,
         "train without the edges and features of validation and test nodes");
  partition.describe(f);
  f.integer("clusters_per_batch", clusters_per_batch,
            {.min = 1, .help = "clusters per batch (q); as many as parts = the full graph"})
      .also_called({"batch_size"});
  for (size_t i = of_all_kinds; i < f.list().size(); ++i)
    f.list()[i].only_when("data.source.format", data::format_names(data::Kind::graph));
}

void DataOptions::check(const config::Checks& checks) const {
  if (source.kind() == data::Kind::graph && clusters_per_batch > partition.parts)
    checks.refuse("clusters_per_batch", fmt::format("value {}: more than data.parts ({})",
                                                    clusters_per_batch, partition.parts));
}

void TrainOptions::describe(config::Fields& f) {
  f.integer("epochs", epochs,
            {.min = 0, .max = 1 << 30, .help = "passes over the training data", .unit = "epochs"})
      .changes_no_numbers();
  f.integer("batch", batch, {.min = 1, .max = 1 << 20, .help = "images per batch"})
      .also_called({"batch_size", "bs"})
      .only_when("data.source.format", data::format_names(data::Kind::images));
  f.integer("accumulate", accumulate,
            {.min = 1, .max = 1 << 20, .help = "batches per rank that are summed before an update"})
      .also_called({"gradient_accumulation_steps", "accumulate_grad_batches", "grad_accum"});
  f.integer(
      "skip_nonfinite", skip_nonfinite,
      {.min = 0,
       .help = "this many steps in a row are left out whose loss or gradient is not finite; one "
               "more ends the run",
       .unit = "steps"});
  f.integer(
      "recalibrate", recalibrate,
      {.min = 0,
       .max = 1 << 20,
       .help = "before each evaluation the running statistics of model.norm: batch are replaced by "
               "the means over this many batches per rank, at most one pass; 0 = they are not",
       .unit = "batches"});
  f.texts(
      "class_weights", class_weights,
      "weights of the classes in the gradient: none; balanced = by their number in training; or "
      "a list of numbers, one per class");
}

void TrainOptions::check(const config::Checks& checks) const {
  if (std::string wrong = wrong_class_weights(class_weights); !wrong.empty())
    checks.refuse("class_weights", std::move(wrong));
}

std::span<const Section> network_sections() {
  constexpr const char* network = "network";
  static constexpr Section sections[] = {
      {"problem", "what is minimised", config::make<ProblemOptions>},
      {"data", "the data and how they are prepared", config::make<DataOptions>, true, network},
      {"model", "the network", config::make<models::ModelOptions>, true, network},
      {"optimizer", "the update", config::make<OptimizerOptions>, true, network},
      {"schedule", "the learning rate over time", config::make<ScheduleOptions>, true, network},
      {"train", "how long, and what is best", config::make<TrainOptions>, true, network},
      {"comm", "numbers between ranks", config::make<comm::ExchangeOptions>},
      {"comm", "", config::make<comm::GradientOptions>},  // the last one: sections_without_sum()
  };
  return sections;
}

std::span<const Section> sections_without_sum() {
  return network_sections().first(network_sections().size() - 1);
}

void check_network(const Config& config, const config::Checks& checks) {
  if (const auto& kind = config.get<ProblemOptions>().kind; kind.entry().make != nullptr)
    return checks.refuse("problem.kind",
                         fmt::format("value {}: method.kind: {} trains networks; allowed: network",
                                     kind.name(), config.method().name));
  const DataOptions& data = config.get<DataOptions>();
  const models::ModelOptions& model = config.get<models::ModelOptions>();
  const models::InputNeeds needs = models::needs(model);
  const data::Kind kind = data.source.kind();
  const bool no_dense = data.features == FeatureForm::sparse || data.features == FeatureForm::bits;
  if (kind == data::Kind::graph && no_dense && !needs.may_be_sparse)
    checks.refuse("data.features",
                  fmt::format("{} needs model.input_dropout: 0, and model.concat: true, or "
                              "model.precompute: sum or mean, or model.bias: false",
                              name(data.features)));
  const auto demand = [&](data::Kind wanted, const char* what) {
    if (kind != wanted)
      checks.refuse("model.kind", fmt::format("{} needs {}, but data.source.format: {} holds {}",
                                              model.kind.name(), what, data.source.format.name(),
                                              data::name(kind)));
  };
  if (needs.edges) demand(data::Kind::graph, "the edges of a graph");
  if (needs.image) demand(data::Kind::images, "images");
  constexpr const char* scores[] = {"loss", "accuracy", "micro_f1", "macro_f1", "roc_auc"};
  const std::string& monitor = config.get<MonitorOptions>().monitor;
  if (monitor != "auto" && monitor.find('/') == std::string::npos &&
      std::ranges::find(scores, monitor) == std::end(scores))
    checks.refuse("train.monitor",
                  fmt::format("value {}: not one of auto, {}", monitor, fmt::join(scores, ", ")));
}

}  // namespace laconic
