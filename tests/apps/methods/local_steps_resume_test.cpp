// A run of local steps that was cut off in mid-round goes on with the same bits; on another number
// of ranks it goes on from the mean of the ranks.
#include <gmock/gmock.h>

#include "tests/apps/methods/method_runs.hpp"
#include "tests/sanitized.hpp"

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

class ARunOfLocalSteps : public MethodRuns {
 protected:
  ARunOfLocalSteps() : MethodRuns(rounds_yaml) {}
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
        if (test::sanitized && k != 2) continue;
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
