// What a task makes of a data set: AX aggregated once is the first layer, and in the inductive
// setting nothing of a validation or test node reaches training.
#include "apps/laconic/train/graph_task.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/apps/small_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

struct Step {
  double loss = 0;
  std::vector<float> gradients;  // parameter after parameter, by name
  std::vector<float> logits;     // of every node, by the data set's ids
};

// A task on `graph` (through a file) with one batch of all clusters; its loss, gradient and exact
// logits.
class TaskRun {
 public:
  TaskRun(const data::Graph& graph, const std::function<void(Options&)>& set) {
    const std::string file = folder_ / "graph.h5";
    data::write_graph_hdf5(graph, file);
    options_.data.source.file = file;
    options_.data.partition.parts = options_.data.clusters_per_batch = 6;
    options_.model = small_model();
    set(options_);
    exchange_ = std::make_unique<comm::Exchange>(comm::make_self(), comm::ExchangeOptions{});
    task_ = std::make_unique<GraphTask>(options_, context_, *exchange_, GraphTask::Use::train);
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
    task_->evaluate(parameters_, [&](int64_t first, MatrixView<const float> rows) {
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
  Options options_;
  Context context_{.seed = 3, .threads = 1, .isa = detect_isa()};
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<GraphTask> task_;
  std::vector<float> parameters_;
};

Step step_of(const data::Graph& graph, const std::function<void(Options&)>& set) {
  return TaskRun(graph, set).step();
}

void expect_equal(const Step& a, const Step& b) {
  EXPECT_NEAR(a.loss, b.loss, 1e-5 * b.loss);
  EXPECT_LE(distance(a.gradients, b.gradients), 1e-5);
  EXPECT_LE(distance(a.logits, b.logits), 1e-5);
}

std::function<void(Options&)> precompute(const char* how, const char* normalisation,
                                         const char* features = "dense") {
  return [=](Options& o) {
    o.model.precompute = how;
    o.model.normalisation = normalisation;
    o.data.features = features;
  };
}

TEST(PrecomputedAx, IsTheFirstLayerOnTheExactGraph) {
  const data::Graph graph = planted_graph();
  expect_equal(step_of(graph, precompute("mean", "row")),
               step_of(graph, precompute("none", "row")));
  expect_equal(step_of(graph, precompute("sum", "none")),
               step_of(graph, precompute("none", "none")));
}

TEST(PrecomputedAx, IsTheSameFromSparseFeatures) {
  data::Graph graph = planted_graph();
  for (float& x : graph.features.values) x = x > 1 ? x : 0;  // a bag of few words
  for (const char* how : {"mean", "sum", "none"})
    expect_equal(step_of(graph, precompute(how, "row", "sparse")),
                 step_of(graph, precompute(how, "row", "dense")));
}

data::Graph with_words(data::Graph graph) {
  for (float& x : graph.features.values) x = x > 0.3f ? 1 : 0;
  return graph;
}

TEST(Features, AreTheSameAsBits) {
  const data::Graph graph = with_words(planted_graph());
  for (const char* how : {"mean", "sum", "none"})
    expect_equal(step_of(graph, precompute(how, "row", "bits")),
                 step_of(graph, precompute(how, "row", "dense")));
}

std::string form_of(const data::Graph& graph, const std::function<void(Options&)>& set) {
  TaskRun run(graph, set);
  return run.task().facts().front().second;
}

TEST(Features, TakeTheFastestFormThatTheModelTakes) {
  data::Graph graph = with_words(planted_graph());
  EXPECT_EQ(form_of(graph, precompute("mean", "row", "auto")), "bits");
  EXPECT_EQ(form_of(graph, [](Options& o) { o.model.input_dropout = 0.5; }), "dense");
  EXPECT_EQ(form_of(graph,
                    [](Options& o) {
                      o.model.precompute = "none";
                      o.model.concat = false;
                      o.model.bias = true;
                    }),
            "dense");
  EXPECT_EQ(form_of(planted_graph(), [](Options&) {}), "dense");
  for (size_t i = 0; i < graph.features.values.size(); ++i)
    if (i % 20 != 0) graph.features.values[i] = 0;
  graph.features = data::to_sparse(graph.features);
  EXPECT_EQ(form_of(graph, [](Options&) {}), "sparse");
}

TEST(Features, AreNoBitsWhereThereAreOtherNumbers) {
  EXPECT_THROW(form_of(planted_graph(), precompute("none", "row", "bits")), Error);
}

void inductive(Options& o) {
  o.data.inductive = true;
  o.data.standardise = true;
  o.model.precompute = "mean";
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
  data::keep_edges_within(graph.pattern(), graph.split.train, cut.indptr, cut.indices);
  const Step whole = step_of(graph, inductive), without = step_of(cut, inductive);
  EXPECT_EQ(whole.loss, without.loss);
  EXPECT_EQ(whole.gradients, without.gradients);
  EXPECT_NE(whole.logits, without.logits);  // evaluation does see them
}

TEST(TransductiveTraining, DoesSeeThem) {
  const data::Graph graph = planted_graph();
  data::Graph changed = graph;
  for (int32_t v = 0; v < graph.nodes(); ++v)
    if (hidden(graph, v)) changed.features.values[v * graph.features.cols] += 100;
  EXPECT_NE(step_of(graph, precompute("mean", "row")).gradients,
            step_of(changed, precompute("mean", "row")).gradients);
}

TEST(InductiveTraining, EvaluatesOnTheFullGraphWithFullAx) {
  const data::Graph graph = planted_graph();
  const auto set = [](bool is_inductive) {
    return [=](Options& o) {
      o.data.inductive = is_inductive;
      o.model.precompute = "mean";
      o.model.normalisation = "row";
    };
  };
  EXPECT_LE(distance(step_of(graph, set(true)).logits, step_of(graph, set(false)).logits), 1e-6);
}

// Acceptance 9: what training holds depends on the batch and not on the graph.
TEST(ActivationMemory, DoesNotGrowWithTheGraphAtAFixedBatch) {
  const auto bytes = [](int64_t nodes) {
    const data::Graph graph = planted_graph(nodes);
    const data::ClusterBatches batches(graph.pattern(), {&graph.features}, graph.labels,
                                       graph.split.train, blocks_of(graph, nodes / 50), {}, 4);
    const graph::Graph network = models::build(
        small_model(), {.features = graph.features.cols, .outputs = 4}, models::Purpose::train);
    return graph::Executor<float>(network, {}, batches.max_rows()).arena_bytes();
  };
  EXPECT_EQ(bytes(1000), bytes(4000));
}

}  // namespace
}  // namespace laconic::test
