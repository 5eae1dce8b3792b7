// A run that was cut off after k steps and resumed ends in the state, bit for bit, of one that was
// not.
#include <gtest/gtest.h>

#include <fstream>

#include "apps/laconic/learn/task.hpp"
#include "comm/transport/transports.hpp"
#include "data/graph/formats/hdf5.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "framework/checkpoint/reader.hpp"
#include "framework/graph/executor.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/apps/small_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

constexpr const char* graph_yaml = R"(
data:
  source: {format: planted, planted: {nodes: 300, blocks: 6, classes: 3, features: 8, degree: 6}}
  parts: 15
  clusters_per_batch: 2
  partitioner: contiguous
model: {layers: 2, hidden: 8, dropout: 0.3}
optimizer: {kind: adam, clip_norm: 1}
schedule: {kind: cosine, warmup_steps: 3}
train: {epochs: 3}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

constexpr const char* image_yaml = R"(
data:
  source: {format: shapes, shapes: {images: 210, size: 10}}
  standardise: true
model: {kind: cnn, channels: [4, 6], kernel: 3, dense: [12], dropout: 0.3}
optimizer: {kind: adam, clip_norm: 1}
schedule: {kind: cosine, warmup_steps: 3}
train: {epochs: 3, batch: 16}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

std::string train(const std::string& config, const std::string& run, int64_t last = 1 << 30) {
  Session session(load_config(config, {"run.dir=" + run, "run.if_exists=resume"}),
                  comm::make_self());
  train_until(session, last);
  return checkpoint_fingerprint(real_files(), run);
}

class AResumedRun : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(OnGraphsAndImages, AResumedRun,
                         testing::Values(graph_yaml, image_yaml));  // both of 8 steps an epoch

TEST_P(AResumedRun, EndsWithTheBitsOfOneThatWasNotCutOff) {
  const TemporaryFolder folder;
  const std::string config = folder / "config.yaml";
  std::ofstream(config) << GetParam();
  const std::string whole = train(config, folder / "whole");
  const std::string metrics = real_files().read(folder / "whole/metrics.jsonl");
  EXPECT_GT(std::ranges::count(metrics, '\n'), 24);  // 3 epochs of 8 steps, and evaluations
  for (const int64_t k : {1, 5, 8, 13, 23}) {
    const std::string run = folder / ("cut" + std::to_string(k));
    EXPECT_NE(train(config, run, k), whole);
    EXPECT_EQ(train(config, run), whole) << "cut off after step " << k;
    EXPECT_EQ(real_files().read(run + "/metrics.jsonl"), metrics) << "cut off after step " << k;
  }
}

// A checkpoint's graph and parameters are the network: no configuration is needed to run it.
TEST_P(AResumedRun, StoresAGraphThatComputesTheOutputsOfTheNetwork) {
  const TemporaryFolder folder;
  const std::string config = folder / "config.yaml";
  std::ofstream(config) << GetParam();
  train(config, folder / "run");
  Session session(load_config(config, {"run.dir=" + (folder / "other")}), comm::make_self());
  const auto task =
      make_task(session.config(), session.context(), session.exchange(), Task::Use::train);
  const std::string checkpoints = folder / "run/checkpoints";
  const Checkpoint checkpoint = open_checkpoint(
      real_files(), checkpoints, steps_in_order_of_trust(real_files(), checkpoints), {}, alone);
  const graph::Graph stored = graph::Graph::from_json(checkpoint.attributes().at("graph"));
  EXPECT_EQ(stored, task->network());
  device::Buffer<float> parameters(stored.parameter_count);
  StateList list;
  list.add("parameters", parameters);
  read_named(real_files(), checkpoint.folder(), list);
  const auto batch = task->batches().make_batch();
  const std::vector<int32_t> units = {0, 1};
  const graph::Feed<float>& feed = batch->build(units);
  const auto outputs = [&](const graph::Graph& network) {
    graph::Executor<float> executor(network, session.context(), task->batches().largest());
    const MatrixView<float> y = executor.forward(parameters, feed, false);
    EXPECT_GT(y.rows, 0);
    return std::vector<float>(y.data, y.data + y.rows * y.cols);
  };
  EXPECT_EQ(outputs(stored), outputs(task->network()));
}

TEST_P(AResumedRun, MayBeCutOffTwice) {
  const TemporaryFolder folder;
  const std::string config = folder / "config.yaml";
  std::ofstream(config) << GetParam();
  const std::string whole = train(config, folder / "whole");
  train(config, folder / "cut", 3);
  train(config, folder / "cut", 9);
  EXPECT_EQ(train(config, folder / "cut"), whole);
}

// A run on clusters most of which have no label, so that many of its steps have none.
class ARunWithStepsThatHaveNoLabel : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    data::Graph graph = planted_graph(300);
    for (const int32_t node : graph.split.train)
      if (node >= 60) graph.labels.single[node] = -1;  // 12 of 15 clusters
    data::write_graph_hdf5(graph, folder_ / "graph.h5");
    std::ofstream(folder_ / "config.yaml") << R"(
data:
  source: {format: hdf5, file: graph.h5}
  parts: 15
  clusters_per_batch: 2
  partitioner: contiguous
model: {layers: 2, hidden: 8, dropout: 0.3}
optimizer: {kind: sgd, momentum: 0.9, weight_decay: 0.01}
train: {epochs: 3}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";
  }
  Session session(const std::string& name) const {
    return {load_config(folder_ / "config.yaml",
                        {"run.dir=" + (folder_ / name), "run.if_exists=resume", GetParam()}),
            comm::make_self()};
  }
  std::string train(const std::string& name, int64_t last = 1 << 30) const {
    Session run = session(name);
    train_until(run, last);
    return checkpoint_fingerprint(real_files(), folder_ / name);
  }
  const TemporaryFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(DenseAndSparse, ARunWithStepsThatHaveNoLabel,
                         testing::Values("comm.allreduce=dense", "comm.allreduce=topka"));

TEST_P(ARunWithStepsThatHaveNoLabel, ChangesNothingInThem) {
  Session run = session("run");
  Ledger ledger(run.exchange());
  const std::unique_ptr<Learner> learner = learner_of(run, ledger);
  const auto state = [&] {
    StateList all, learned;
    learner->visit_state(all);
    for (const StateEntry& entry : all.entries())
      if (!entry.name.starts_with("method/") && !entry.name.starts_with("sampler/"))
        learned.add(entry);
    return state_fingerprint(learned);
  };
  learner->begin(false);
  int empty = 0;
  while (!learner->done()) {
    const std::string before = state();
    Votes votes;
    votes.cast(Votes::stop, true);
    learner->advance(votes);
    EXPECT_TRUE(votes.any(Votes::stop));
    const bool has_loss = learner->figures().has(*learner->figures().find("loss"));
    EXPECT_EQ(before == state(), !has_loss) << "step " << learner->step();
    empty += !has_loss;
  }
  EXPECT_GT(empty, 8);
  EXPECT_LT(empty, 20);
}

TEST_P(ARunWithStepsThatHaveNoLabel, IsResumedBitForBit) {
  const std::string whole = train("whole");
  for (const int64_t k : {1, 4, 9, 16}) {
    const std::string name = "cut" + std::to_string(k);
    train(name, k);
    EXPECT_EQ(train(name), whole) << "cut off after step " << k;
  }
}

}  // namespace
}  // namespace laconic::test
