// A run of local steps that was cut off in mid-round goes on with the same bits; on another number
// of ranks it goes on from the mean of the ranks.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "comm/transport/transports.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/apps/methods/method_run.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

// 8 batches per epoch.
constexpr const char* rounds_yaml = R"(
data: {source: {format: shapes, shapes: {images: 210, size: 8}}, standardise: true}
model: {kind: cnn, channels: [4], kernel: 3, dense: [8], norm: batch, dropout: 0.3}
method: {kind: local_steps, steps: 3, outer: {lr: 0.7, momentum: 0.9, nesterov: true}}
optimizer: {kind: adam, lr: 0.01}
schedule: {kind: cosine, warmup_steps: 2}
train: {epochs: 2, batch: 16}
comm: {density: 0.1, bucket_mb: 0.0008, auto_dense: false}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

class ARunOfLocalSteps : public testing::Test {
 protected:
  ARunOfLocalSteps() { std::ofstream(config_) << rounds_yaml; }

  // body(session) on a thread a rank.
  template <class Body>
  void on_sessions(const std::string& name, std::vector<std::string> overrides, int ranks,
                   Body body) {
    overrides.push_back("run.dir=" + (folder_ / name));
    overrides.emplace_back("run.if_exists=resume");
    auto group = comm::make_thread_group(ranks);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        try {
          Session session(load_config(config_, overrides), std::move(group[rank]));
          body(session);
        } catch (const std::exception& error) {
          ADD_FAILURE() << name << ": " << error.what();
        }
      });
    for (std::thread& thread : threads) thread.join();
  }

  // Trains until `last` steps are done or the run is. Returns the fingerprint of its newest
  // checkpoint.
  std::string train(const std::string& name, const std::vector<std::string>& overrides, int ranks,
                    int64_t last = 1 << 30) {
    on_sessions(name, overrides, ranks, [&](Session& session) { train_until(session, last); });
    return checkpoint_fingerprint(real_files(), folder_ / name);
  }
  std::string metrics(const std::string& name) const {
    return real_files().read(folder_ / (name + "/metrics.jsonl"));
  }

  const TemporaryFolder folder_;
  const std::string config_ = folder_ / "config.yaml";
};

TEST_F(ARunOfLocalSteps, EndsWithTheBitsOfOneThatWasNotCutOff) {
  const std::vector<std::string> settings[] = {
      {"comm.allreduce=dense"},
      {"comm.allreduce=dense", "method.outer.lr=1", "method.outer.momentum=0"},
      {"comm.allreduce=oktopk", "optimizer.kind=sgd"},
      {"comm.allreduce=topka", "train.accumulate=2"}};
  int variant = 0;
  for (const int ranks : {1, 2})
    for (const auto& overrides : settings) {
      const std::string name = "run" + std::to_string(variant++);
      const std::string whole = train(name, overrides, ranks);
      // Of 16, 8 or 4 steps: at the end of a round, in its midst, and at the end of an epoch.
      for (const int64_t k : {1, 2, 3, 5}) {
        const std::string cut = name + "_" + std::to_string(k);
        train(cut, overrides, ranks, k);
        EXPECT_EQ(train(cut, overrides, ranks), whole)
            << cut << " " << testing::PrintToString(overrides);
        EXPECT_EQ(metrics(cut), metrics(name)) << cut;
      }
    }
  EXPECT_NE(train("other", {"method.steps=4"}, 2), train("another", {"method.steps=3"}, 2));
}

TEST_F(ARunOfLocalSteps, GoesOnFromTheMeanOfAnotherNumberOfRanks) {
  constexpr const char* names[] = {"local/parameters", "local/optimizer/moment1",
                                   "local/state/average"};
  constexpr int64_t cut = 5;  // two steps after a sum
  for (const int ranks : {1, 4}) {
    const std::string name = "to" + std::to_string(ranks);
    std::vector<std::vector<float>> before(6), theta(2);
    on_sessions(name, {}, 2, [&](Session& session) {
      Ledger ledger(session.exchange());
      const auto learner = learner_of(session, ledger);
      Loop loop(session, *learner, ledger);
      loop.start();
      for (int64_t unit = 0; unit < cut; ++unit) loop.unit();
      const int rank = session.exchange().rank();
      for (int i = 0; i < 3; ++i) before[2 * i + rank] = numbers(*learner, names[i]);
      theta[rank] = numbers(*learner, "parameters");
      EXPECT_THROW(loop.stop(), Error);
    });
    EXPECT_EQ(theta[0], theta[1]);
    EXPECT_NE(before[0], before[1]);
    on_sessions(name, {}, ranks, [&](Session& session) {
      Ledger ledger(session.exchange());
      const auto learner = learner_of(session, ledger);
      Loop loop(session, *learner, ledger);
      loop.start();
      EXPECT_EQ(learner->step(), cut);
      EXPECT_EQ(numbers(*learner, "parameters"), theta[0]);
      for (int i = 0; i < 3; ++i) {
        const std::vector<float> now = numbers(*learner, names[i]);
        ASSERT_EQ(now.size(), before[2 * i].size());
        for (size_t e = 0; e < now.size(); ++e)
          EXPECT_FLOAT_EQ(now[e], (before[2 * i][e] + before[2 * i + 1][e]) / 2) << names[i];
      }
      while (!loop.is_over()) loop.unit();
      loop.finish();
    });
    EXPECT_TRUE(real_files().exists(folder_ / (name + "/result.json"))) << ranks;
  }
}

}  // namespace
}  // namespace laconic::test
