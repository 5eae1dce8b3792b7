// A run that was cut off after k steps and resumed ends in the state, bit for bit, of one that was
// not.
#include <gtest/gtest.h>

#include <fstream>

#include "apps/laconic/train/trainer.hpp"
#include "comm/transports.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/inspect.hpp"
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

// Trains until `last` steps are done or the run is; a cut-off run leaves a checkpoint and no
// result. Returns the fingerprint of its newest checkpoint.
std::string train(const std::string& config, const std::string& run, int64_t last = 1 << 30) {
  Config loaded = load_config(config, {"run.dir=" + run, "run.if_exists=resume"});
  Session session(std::move(loaded), comm::make_self());
  Trainer trainer(session);
  trainer.start();
  for (int64_t step = 0; !trainer.done(); ++step) {
    if (step == last) {
      EXPECT_THROW(trainer.stop(), Error);
      return checkpoint_fingerprint(real_files(), run);
    }
    trainer.step();
    trainer.report();
    if (trainer.at_evaluation()) trainer.evaluate();
  }
  trainer.finish();
  session.folder().finish(ExitCode::success, "");
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

TEST_P(AResumedRun, MayBeCutOffTwice) {
  const TemporaryFolder folder;
  const std::string config = folder / "config.yaml";
  std::ofstream(config) << GetParam();
  const std::string whole = train(config, folder / "whole");
  train(config, folder / "cut", 3);
  train(config, folder / "cut", 9);
  EXPECT_EQ(train(config, folder / "cut"), whole);
}

}  // namespace
}  // namespace laconic::test
