// With a sparse exchange, too: a run that was cut off and resumed has the bits of one that was not,
// residuals, thresholds, regions and shares included; overlap changes nothing; other rank counts go
// on with what they find.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <thread>

#include "comm/transport/transports.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/sanitized.hpp"

namespace laconic::test {
namespace {

constexpr const char* yaml = R"(
data:
  source: {format: planted, planted: {nodes: 300, blocks: 6, classes: 3, features: 8, degree: 6}}
  parts: 16
  clusters_per_batch: 2
  partitioner: contiguous
model: {layers: 2, hidden: 16, dropout: 0.3}
optimizer: {kind: adam, clip_norm: 0}
train: {epochs: 3}
comm: {allreduce: oktopk, density: 0.05, bucket_mb: 0.0008, auto_dense: false, tau: 3, tau_prime: 2}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

class ASparseRun : public testing::Test {
 protected:
  ASparseRun() { std::ofstream(config_) << yaml; }

  // Trains until `last` steps are done or the run is; a cut-off run leaves a checkpoint and no
  // result. Returns the fingerprint of its newest checkpoint.
  std::string train(const std::string& name, std::vector<std::string> overrides, int ranks,
                    int64_t last = 1 << 30) {
    const std::string run = folder_ / name;
    overrides.push_back("run.dir=" + run);
    overrides.emplace_back("run.if_exists=resume");
    auto group = comm::make_thread_group(ranks);
    std::vector<std::thread> threads;
    std::vector<std::string> errors(ranks);
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        try {
          Session session(load_config(config_, overrides), std::move(group[rank]));
          train_until(session, last);
        } catch (const std::exception& error) {
          errors[rank] = error.what();
        }
      });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& error : errors) EXPECT_EQ(error, "");
    return checkpoint_fingerprint(real_files(), run);
  }

  const TemporaryFolder folder_;
  const std::string config_ = folder_ / "config.yaml";
};

TEST_F(ASparseRun, EndsWithTheBitsOfOneThatWasNotCutOff) {
  const std::vector<std::string> exchanges[] = {
      {"comm.allreduce=dense"},
      {"comm.mode=exact"},
      {"comm.mode=exact", "comm.value_type=bfloat16", "comm.momentum_correction=true"},
      {"comm.mode=paper"},
      {"comm.mode=paper", "comm.value_type=bfloat16"}};
  const std::vector<std::string> optimizers[] = {{"optimizer.kind=sgd", "optimizer.momentum=0.9"},
                                                 {"optimizer.kind=adam"}};
  int variant = 0;
  for (const auto& exchange : exchanges)
    for (const auto& optimizer : optimizers)
      for (const char* accumulate : {"1", "4"}) {
        std::vector<std::string> overrides = exchange;
        overrides.insert(overrides.end(), optimizer.begin(), optimizer.end());
        overrides.push_back(std::string("train.accumulate=") + accumulate);
        if (optimizer.size() == 1) std::erase(overrides, "comm.momentum_correction=true");
        const std::string name = "run" + std::to_string(variant++);
        const std::string whole = train(name, overrides, 3);
        const std::string metrics = real_files().read(folder_ / (name + "/metrics.jsonl"));
        const int64_t steps = *accumulate == '1' ? 9 : 3;  // an epoch is a third
        for (const int64_t k : std::set<int64_t>{0, 1, steps / 2, steps - 1, steps}) {
          if (test::sanitized && k != steps / 2) continue;
          const std::string cut = name + "_" + std::to_string(k);
          if (k < steps) {
            EXPECT_NE(train(cut, overrides, 3, k), whole);
          } else {
            EXPECT_EQ(train(cut, overrides, 3, k), whole);
          }
          EXPECT_EQ(train(cut, overrides, 3), whole)
              << cut << " " << testing::PrintToString(overrides);
          EXPECT_EQ(real_files().read(folder_ / (cut + "/metrics.jsonl")), metrics) << cut;
        }
      }
}

TEST_F(ASparseRun, HasTheSameBitsWithoutOverlap) {
  EXPECT_EQ(train("with", {"comm.overlap=true"}, 3), train("without", {"comm.overlap=false"}, 3));
}

TEST_F(ASparseRun, GoesOnWithOtherNumbersOfRanks) {
  for (const int ranks : {1, 2, 3, 8}) {
    const std::string name = "to" + std::to_string(ranks);
    train(name, {}, 4, 1);
    train(name, {}, ranks);
    EXPECT_TRUE(real_files().exists(folder_ / (name + "/result.json"))) << ranks;
  }
}

TEST_F(ASparseRun, WithOtherThresholdsHasOtherBits) {
  // The comparison above can fail.
  EXPECT_NE(train("one", {"comm.density=0.05"}, 2), train("other", {"comm.density=0.06"}, 2));
}

}  // namespace
}  // namespace laconic::test
