// What a task makes of a data set: AX aggregated once is the first layer, and in the inductive
// setting nothing of a validation or test node reaches training.
#include "apps/laconic/learn/graph_task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "data/graph/formats/hdf5.hpp"
#include "tests/apps/small_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

using models::Aggregated;
using Normalisation = ops::Normalisation::Kind;

struct Step {
  double loss = 0;
  std::vector<float> gradients;  // parameter after parameter, by name
  std::vector<float> logits;     // of every node, by the data set's ids
};

struct Edit {  // of the options of a task
  DataOptions& data;
  models::ModelOptions& model;
};

// A task on `graph` (through a file) with one batch of all clusters; its loss, gradient and exact
// logits.
class TaskRun {
 public:
  TaskRun(const data::Graph& graph, const std::function<void(Edit)>& set) {
    const std::string file = folder_ / "graph.h5";
    data::write_graph_hdf5(graph, file);
    const Edit options{config_.get<DataOptions>(), config_.get<models::ModelOptions>()};
    options.data.source.format.as<data::Hdf5Source>().file = file;
    options.data.partition.parts = options.data.clusters_per_batch = 6;
    options.model = small_model();
    set(options);
    exchange_ = std::make_unique<comm::Exchange>(comm::make_self(), comm::ExchangeOptions{});
    task_ = std::make_unique<GraphTask>(config_, context_, *exchange_, GraphTask::Use::train);
    parameters_.resize(task_->network().parameter_count);
    graph::initialise(task_->network(), 3, parameters_);
  }

  GraphTask& task() { return *task_; }

  Step step() {
    Step s;
    data::ClusterBatch batch = batch_of_everything();
    graph::Executor<float> executor(task_->network(), context_, batch.rows);
    const MatrixView<const float> out = executor.forward(parameters_, batch.feed, true);
    const float scale = 1.0f / static_cast<float>(batch.labels);
    s.loss = ops::loss(context_, out, batch.feed.targets, scale, executor.output_cotangent()).loss *
             scale;
    std::vector<float> gradients(parameters_.size());
    executor.backward(parameters_, batch.feed, gradients);
    std::vector<graph::Parameter> by_name = task_->network().parameters;
    std::ranges::sort(by_name, {}, [](const graph::Parameter& p) { return p.spec.name; });
    for (const graph::Parameter& p : by_name)
      s.gradients.insert(s.gradients.end(), gradients.begin() + p.offset,
                         gradients.begin() + p.offset + p.size());
    s.logits.resize(task_->data().nodes() * task_->outputs());
    task_->score(parameters_, [&](int64_t first, MatrixView<const float> rows) {
      for (int64_t i = 0; i < rows.rows; ++i)
        std::copy_n(rows.row(i), rows.cols,
                    s.logits.begin() + task_->original_nodes()[first + i] * rows.cols);
    });
    return s;
  }

  data::ClusterBatch batch_of_everything() {
    data::ClusterBatch batch = task_->batches().make_buffers();
    std::vector<int32_t> all(task_->batches().clusters());
    for (size_t c = 0; c < all.size(); ++c) all[c] = static_cast<int32_t>(c);
    task_->batches().build(all, batch);
    return batch;
  }

 private:
  TemporaryFolder folder_;
  Config config_;
  Context context_{.seed = 3, .threads = 1, .isa = detect_isa()};
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<GraphTask> task_;
  std::vector<float> parameters_;
};

Step step_of(const data::Graph& graph, const std::function<void(Edit)>& set) {
  return TaskRun(graph, set).step();
}

void expect_equal(const Step& a, const Step& b) {
  EXPECT_NEAR(a.loss, b.loss, 1e-5 * b.loss);
  EXPECT_LE(distance(a.gradients, b.gradients), 1e-5);
  EXPECT_LE(distance(a.logits, b.logits), 1e-5);
}

std::function<void(Edit)> precompute(Aggregated how, Normalisation normalisation,
                                     FeatureForm features = FeatureForm::dense) {
  return [=](Edit o) {
    gcn(o.model).precompute = how;
    gcn(o.model).normalisation.kind = normalisation;
    o.data.features = features;
  };
}

TEST(PrecomputedAx, IsTheFirstLayerOnTheExactGraph) {
  const data::Graph graph = planted_graph();
  expect_equal(step_of(graph, precompute(Aggregated::mean, Normalisation::row)),
               step_of(graph, precompute(Aggregated::none, Normalisation::row)));
  expect_equal(step_of(graph, precompute(Aggregated::sum, Normalisation::none)),
               step_of(graph, precompute(Aggregated::none, Normalisation::none)));
}

TEST(PrecomputedAx, IsTheSameFromSparseFeatures) {
  data::Graph graph = planted_graph();
  for (float& x : graph.features.values) x = x > 1 ? x : 0;  // a bag of few words
  for (const Aggregated how : {Aggregated::mean, Aggregated::sum, Aggregated::none})
    expect_equal(step_of(graph, precompute(how, Normalisation::row, FeatureForm::sparse)),
                 step_of(graph, precompute(how, Normalisation::row, FeatureForm::dense)));
}

data::Graph with_words(data::Graph graph) {
  for (float& x : graph.features.values) x = x > 0.3f ? 1 : 0;
  return graph;
}

TEST(Features, AreTheSameAsBits) {
  const data::Graph graph = with_words(planted_graph());
  for (const Aggregated how : {Aggregated::mean, Aggregated::sum, Aggregated::none})
    expect_equal(step_of(graph, precompute(how, Normalisation::row, FeatureForm::bits)),
                 step_of(graph, precompute(how, Normalisation::row, FeatureForm::dense)));
}

std::string form_of(const data::Graph& graph, const std::function<void(Edit)>& set) {
  TaskRun run(graph, set);
  return run.task().facts().front().second;
}

TEST(Features, TakeTheFastestFormThatTheModelTakes) {
  data::Graph graph = with_words(planted_graph());
  EXPECT_EQ(
      form_of(graph, precompute(Aggregated::mean, Normalisation::row, FeatureForm::automatic)),
      "bits");
  EXPECT_EQ(form_of(graph, [](Edit o) { gcn(o.model).input_dropout = 0.5; }), "dense");
  EXPECT_EQ(form_of(graph,
                    [](Edit o) {
                      gcn(o.model).precompute = Aggregated::none;
                      gcn(o.model).concat = false;
                      gcn(o.model).bias = true;
                    }),
            "dense");
  EXPECT_EQ(form_of(planted_graph(), [](Edit) {}), "dense");
  for (size_t i = 0; i < graph.features.values.size(); ++i)
    if (i % 20 != 0) graph.features.values[i] = 0;
  graph.features = data::to_sparse(graph.features);
  EXPECT_EQ(form_of(graph, [](Edit) {}), "sparse");
}

TEST(Features, AreNoBitsWhereThereAreOtherNumbers) {
  EXPECT_THROW(
      form_of(planted_graph(), precompute(Aggregated::none, Normalisation::row, FeatureForm::bits)),
      Error);
}

void inductive(Edit o) {
  o.data.inductive = true;
  o.data.standardise = true;
  gcn(o.model).precompute = Aggregated::mean;
}

bool hidden(const data::Graph& graph, int32_t v) {
  return !std::ranges::binary_search(graph.split.train, v);
}

TEST(InductiveTraining, DoesNotSeeTheFeaturesOfHiddenNodes) {
  const data::Graph graph = planted_graph();
  data::Graph changed = graph;
  for (int32_t v = 0; v < graph.nodes(); ++v)
    for (int64_t c = 0; hidden(graph, v) && c < graph.features.cols; ++c)
      changed.features.values[v * graph.features.cols + c] += 100;
  TaskRun a(graph, inductive), b(changed, inductive);
  const Step before = a.step(), after = b.step();
  EXPECT_EQ(before.loss, after.loss);
  EXPECT_EQ(before.gradients, after.gradients);
  EXPECT_NE(before.logits, after.logits);
  // Not even by way of a tensor that the loss ignores, except the hidden nodes' own rows.
  const data::ClusterBatch x = a.batch_of_everything(), y = b.batch_of_everything();
  ASSERT_EQ(x.nodes, y.nodes);
  EXPECT_EQ(x.indptr, y.indptr);
  EXPECT_EQ(x.scales.row, y.scales.row);
  for (size_t input = 0; input < x.dense.size(); ++input)
    for (int64_t i = 0; i < x.rows; ++i) {
      const int32_t v = a.task().original_nodes()[x.nodes[i]];
      if (hidden(graph, v)) continue;
      const auto row = [&](const data::ClusterBatch& batch) {
        return batch.feed.inputs[input].dense.row(i);
      };
      ASSERT_TRUE(std::equal(row(x), row(x) + graph.features.cols, row(y))) << "node " << v;
    }
}

TEST(InductiveTraining, DoesNotSeeTheEdgesOfHiddenNodes) {
  const data::Graph graph = planted_graph();
  data::Graph cut = graph;
  const data::Adjacency kept = data::keep_edges_within(graph.edges(), graph.split.train);
  cut.indptr = kept.indptr;
  cut.indices = kept.indices;
  const Step whole = step_of(graph, inductive), without = step_of(cut, inductive);
  EXPECT_EQ(whole.loss, without.loss);
  EXPECT_EQ(whole.gradients, without.gradients);
  EXPECT_NE(whole.logits, without.logits);  // evaluation does see them
}

data::Graph with_weights(data::Graph graph, const std::function<float(int32_t, int32_t)>& weight) {
  for (int32_t i = 0; i < graph.nodes(); ++i)
    for (int64_t k = graph.indptr[i]; k < graph.indptr[i + 1]; ++k)
      graph.weights.push_back(weight(std::min(i, graph.indices[k]), std::max(i, graph.indices[k])));
  return graph;
}

TEST(WeightsOfEdges, CountInTrainingAndEvaluationUnlessTheyAreIgnored) {
  const data::Graph plain = planted_graph();
  const data::Graph ones = with_weights(plain, [](int32_t, int32_t) { return 1.0f; });
  const data::Graph other = with_weights(
      plain, [](int32_t a, int32_t b) { return 0.5f + static_cast<float>((a + b) % 4); });
  for (const Normalisation kind : {Normalisation::symmetric, Normalisation::row})
    for (const Aggregated how : {Aggregated::none, Aggregated::mean}) {
      const auto options = precompute(how, kind);
      const auto ignored = [&](Edit e) {
        options(e);
        e.data.edge_weights = false;
      };
      const Step without = step_of(plain, options), with = step_of(other, options);
      EXPECT_EQ(without.loss, step_of(ones, options).loss);
      EXPECT_EQ(without.gradients, step_of(ones, options).gradients);
      EXPECT_EQ(without.logits, step_of(other, ignored).logits);
      EXPECT_NE(without.loss, with.loss);
      EXPECT_NE(without.logits, with.logits);
    }
}

TEST(TransductiveTraining, DoesSeeThem) {
  const data::Graph graph = planted_graph();
  data::Graph changed = graph;
  for (int32_t v = 0; v < graph.nodes(); ++v)
    if (hidden(graph, v)) changed.features.values[v * graph.features.cols] += 100;
  EXPECT_NE(step_of(graph, precompute(Aggregated::mean, Normalisation::row)).gradients,
            step_of(changed, precompute(Aggregated::mean, Normalisation::row)).gradients);
}

TEST(InductiveTraining, EvaluatesOnTheFullGraphWithFullAx) {
  const data::Graph graph = planted_graph();
  const auto set = [](bool is_inductive) {
    return [=](Edit o) {
      o.data.inductive = is_inductive;
      gcn(o.model).precompute = Aggregated::mean;
      gcn(o.model).normalisation.kind = Normalisation::row;
    };
  };
  EXPECT_LE(distance(step_of(graph, set(true)).logits, step_of(graph, set(false)).logits), 1e-6);
}

// Acceptance 9: what training holds depends on the batch and not on the graph.
TEST(ActivationMemory, DoesNotGrowWithTheGraphAtAFixedBatch) {
  const auto bytes = [](int64_t nodes) {
    const data::Graph graph = planted_graph(nodes);
    const data::ClusterBatches batches(graph.edges(), {&graph.features}, graph.labels,
                                       graph.split.train, blocks_of(graph, nodes / 50), {}, 4);
    const graph::Graph network = models::build(
        small_model(), {.features = graph.features.cols, .outputs = 4}, models::Purpose::train);
    return graph::Executor<float>(network, {}, batches.max_rows()).layout().bytes();
  };
  EXPECT_EQ(bytes(1000), bytes(4000));
}

const auto as_it_is = [](Edit) {};

TEST(AScore, IsUndefinedWithAReasonWhereTheLabelsAllowNone) {
  data::Graph graph = planted_graph();  // four classes
  for (const int32_t node : graph.split.test) graph.labels.single[node] = -1;
  TaskRun run(graph, as_it_is);
  EXPECT_EQ(run.task().why_undefined("val/accuracy"), "");
  EXPECT_EQ(run.task().why_undefined("val/roc_auc"), "it needs two classes");
  EXPECT_EQ(run.task().why_undefined("test/loss"), "no row of test has a label");
  for (int32_t& label : graph.labels.single) label = std::min(label, 1);
  graph.labels.classes = 2;
  EXPECT_EQ(TaskRun(graph, as_it_is).task().why_undefined("val/roc_auc"), "");
  for (const int32_t node : graph.split.val) graph.labels.single[node] = 1;
  EXPECT_EQ(TaskRun(graph, as_it_is).task().why_undefined("val/roc_auc"),
            "all rows of val have the same class");
}

TEST(AGraphTask, NeedsALabelledTrainingNode) {
  data::Graph graph = planted_graph();
  const int32_t kept = graph.split.train[3];
  for (const int32_t node : graph.split.train)
    if (node != kept) graph.labels.single[node] = -1;
  EXPECT_THAT(TaskRun(graph, as_it_is).task().notes()[0],
              testing::HasSubstr("1 of 240 train, 80 of 80 validate, 80 of 80 test have a label"));
  graph.labels.single[kept] = -1;
  try {
    const TaskRun run(graph, as_it_is);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(), testing::HasSubstr("no training node has a label"));
  }
}

TEST(AGraphTask, DoubtsLabelsThatCountFromOne) {
  data::Graph graph = planted_graph();
  EXPECT_TRUE(TaskRun(graph, as_it_is).task().warnings().empty());
  for (int32_t& label : graph.labels.single) ++label;
  ++graph.labels.classes;
  EXPECT_THAT(TaskRun(graph, as_it_is).task().warnings(),
              testing::ElementsAre(testing::HasSubstr("do the labels count from 1?")));
}

}  // namespace
}  // namespace laconic::test
