// The method sasg: against its algorithm on one machine, written down worker by worker; against
// data_parallel; and by what it sends, skips, keeps and repeats.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <mutex>

#include "apps/laconic/run/agreement.hpp"
#include "tests/apps/methods/method_runs.hpp"
#include "tests/apps/methods/sasg_textbook.hpp"
#include "tests/comm/allocations.hpp"
#include "tests/sanitized.hpp"

namespace laconic::test {
namespace {

// 126 training images, so 18 batches of 7 per epoch.
constexpr const char* sasg_yaml = R"(
data:
  source: {format: shapes, shapes: {images: 210, size: 8}}
  standardise: true
model: {kind: mlp, layers: 2, hidden: 12, dropout: 0}
method: {kind: sasg, workers: 3, density: 0.1, window: 3, max_staleness: 4}
optimizer: {kind: sgd, momentum: 0, lr: 0.3}
train: {epochs: 3, batch: 7}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";

LazyCourse lazy_course(const std::string& file, const Overrides& overrides, int ranks) {
  LazyCourse course;
  std::mutex mutex;
  test::train(
      file, overrides, ranks, [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
        if (learner.step() == 0) return;
        const Floats theta = numbers(learner, "parameters");
        StateList list;
        learner.visit_state(list);
        const std::lock_guard lock(mutex);
        const auto step = static_cast<size_t>(learner.step());
        course.theta.resize(std::max(step, course.theta.size()));
        course.workers.resize(course.theta.size());
        Floats& at = course.theta[step - 1];
        if (at.empty()) at = theta;
        EXPECT_EQ(at, theta) << "rank " << exchange.rank() << " has drifted";
        std::map<std::string, const StateEntry*> entries;
        for (const StateEntry& entry : list.entries()) entries[entry.name] = &entry;
        for (int m = exchange.rank();; m += ranks) {
          const std::string worker = "worker/" + std::to_string(m) + "/";
          if (!entries.contains(worker + "residual")) return;
          auto& all = course.workers[step - 1];
          all.resize(std::max<size_t>(all.size(), m + 1));
          all[m].e = numbers(learner, worker + "residual");
          all[m].w = numbers(learner, worker + "uploaded");
          std::memcpy(&all[m].staleness, entries[worker + "staleness"]->contents().data(), 8);
          if (!entries.contains(worker + "message/indices")) continue;  // with a server
          const Floats values = numbers(learner, worker + "message/values");
          std::vector<int32_t> indices(values.size());
          std::memcpy(indices.data(), entries[worker + "message/indices"]->contents().data(),
                      4 * values.size());
          all[m].s.assign(theta.size(), 0.0f);
          for (size_t i = 0; i < values.size(); ++i) all[m].s[indices[i]] = values[i];
        }
      });
  return course;
}

class SasgRuns : public MethodRuns {
 protected:
  SasgRuns() : MethodRuns(sasg_yaml) {}

  void expect_textbook(const Overrides& overrides, const LazyRule& rule, int ranks) {
    const LazyCourse found = lazy_course(config_, overrides, ranks);
    const LazyCourse expected = lazy_textbook(config_, overrides, rule);
    const std::string where = testing::PrintToString(overrides);
    ASSERT_EQ(found.theta.size(), expected.theta.size());
    for (size_t t = 0; t < found.theta.size(); ++t) {
      for (int m = 0; m < rule.workers; ++m) {
        ASSERT_EQ(found.workers[t][m].staleness, expected.workers[t][m].staleness)
            << where << " step " << t << " worker " << m;
        ASSERT_EQ(found.workers[t][m].e, expected.workers[t][m].e) << where << " step " << t;
        if (found.workers[t][m].staleness > 0) {
          ASSERT_EQ(found.workers[t][m].w, expected.workers[t][m].w) << where << " step " << t;
        }
      }
      ASSERT_EQ(found.theta[t], expected.theta[t]) << where << " step " << t;
    }
  }
};

TEST_F(SasgRuns, HaveTheBitsOfTheAlgorithmOnOneMachine) {
  expect_textbook({}, {}, 1);
  expect_textbook({"method.workers=4", "method.scope=global"}, {.workers = 4, .global = true}, 2);
  expect_textbook({"method.alpha_scale=0", "method.workers=5"}, {.workers = 5, .c = 0}, 2);
  expect_textbook({"method.alpha_scale=2", "method.density=1", "method.value_type=float32"},
                  {.c = 2, .density = 1, .bfloat16 = false}, 3);
  expect_textbook({"method.check_every=2", "train.accumulate=2"}, {.check_every = 2}, 1);
  expect_textbook({"method.server=true", "method.index_codec=plain"}, {}, 2);
}

TEST_F(SasgRuns, CompareWithTheParametersOfTheLastUpload) {
  const LazyRule rule{.c = 1};
  LazyRule faulty = rule;
  faulty.refreshes = true;
  const int64_t right = lazy_textbook(config_, {}, rule).uploads();
  const int64_t wrong = lazy_textbook(config_, {}, faulty).uploads();
  EXPECT_NE(right, wrong) << "the control shows nothing";
  EXPECT_EQ(lazy_course(config_, {"method.alpha_scale=1"}, 1).uploads(), right);
}

// With all elements, always sent, the sum has the order of data_parallel's on two ranks.
TEST_F(SasgRuns, AreDataParallelWhereAllIsSent) {
  const Overrides all{"method.workers=2", "method.alpha_scale=0", "method.density=1",
                      "method.value_type=float32"};
  const Overrides plain{"method.kind=data_parallel", "comm.allreduce=topka", "comm.density=1"};
  for (const bool server : {false, true}) {
    const LazyCourse sasg = lazy_course(
        config_, joined(all, {server ? "method.server=true" : "method.server=false"}), 2);
    const LazyCourse expected = lazy_course(config_, plain, 2);
    EXPECT_EQ(sasg.theta, expected.theta);
    for (const auto& step : sasg.workers)
      for (const WorkerState& worker : step) EXPECT_EQ(worker.e, Floats(worker.e.size()));
  }
  // With more workers the sums have another order.
  const LazyCourse five = lazy_course(config_, joined(all, {"method.workers=3"}), 1);
  const LazyCourse dense = lazy_course(config_, {"method.kind=data_parallel"}, 3);
  ASSERT_EQ(five.theta.size(), dense.theta.size());
  EXPECT_LE(distance(five.theta.back(), dense.theta.back()), 1e-5);
  EXPECT_GE(distance(five.theta.front(), dense.theta.back()), 1e-2)
      << "the control: it has trained";
}

TEST_F(SasgRuns, HaveTheSameBitsOnAnyNumberOfRanksAndWithAServer) {
  const Overrides four{"method.workers=4", "model.norm=batch", "model.dropout=0.2"};
  const LazyCourse one = lazy_course(config_, four, 1);
  for (const int ranks : {2, 3, 4})
    for (const char* server : {"method.server=false", "method.server=true"}) {
      const LazyCourse more = lazy_course(config_, joined(four, {server}), ranks);
      EXPECT_EQ(more.theta, one.theta) << ranks << " ranks, " << server;
      EXPECT_EQ(more.uploads(), one.uploads());
    }
  EXPECT_NE(lazy_course(config_, joined(four, {"seed=2"}), 1).theta, one.theta) << "the control";
}

TEST_F(SasgRuns, UploadEveryMaxStalenessStepsWhereNoChangeIsLargeEnough) {
  for (const int most : {1, 2, 5}) {
    const LazyCourse course = lazy_course(
        config_, {"method.alpha_scale=1e30", "method.max_staleness=" + std::to_string(most)}, 1);
    for (size_t t = 0; t < course.workers.size(); ++t)
      for (const WorkerState& worker : course.workers[t])
        EXPECT_EQ(worker.staleness, t < 3 ? 1 : static_cast<int64_t>(t - 2) % most + 1)
            << "step " << t;
  }
}

TEST_F(SasgRuns, KeepEverythingInAStepThatTheySkip) {
  const LazyCourse course = lazy_course(config_, {}, 2);
  int64_t skipped = 0, sent = 0;
  for (size_t t = 1; t < course.workers.size(); ++t)
    for (size_t m = 0; m < course.workers[t].size(); ++m) {
      const WorkerState &before = course.workers[t - 1][m], &after = course.workers[t][m];
      if (after.staleness == 1) {
        ++sent;
        EXPECT_NE(after.s, before.s);
        EXPECT_EQ(after.w, course.theta[t - 1]);
        continue;
      }
      ++skipped;
      EXPECT_EQ(after.staleness, before.staleness + 1);
      EXPECT_EQ(after.e, before.e);
      EXPECT_EQ(after.w, before.w);
      EXPECT_EQ(after.s, before.s);
    }
  EXPECT_GT(skipped, 5);
  EXPECT_GT(sent, 5);
}

// With one worker and D = 1 the rule is |g - g'|² γ / |θ - w|² <= c. The first step that may skip is
// step 1, when w is one step old.
TEST_F(SasgRuns, SkipAtTheConstantThatTheHandPredicts) {
  const Overrides lasg{"method.workers=1", "method.window=1", "method.density=1",
                       "method.value_type=float32", "train.epochs=1"};
  const Config config = load_config(config_, lasg);
  const Context context = make_context(config, 1);
  comm::Exchange alone(comm::make_self(), config.comm());
  const auto task = make_task(config, context, alone, Task::Use::train);
  PhaseTimer timer;
  NetworkOracle oracle(*task, context, timer);
  const LazyCourse course = lazy_course(config_, joined(lasg, {"method.alpha_scale=0"}), 1);
  Floats start(oracle.dimension());
  graph::initialise(task->network(), context.seed, start);
  EpochSampler sampler(task->batches(), context.seed, 1, 1);
  const std::span<const int32_t> samples = sampler.group({0, 1}, 0, 0);
  Floats fresh(start.size()), stale(start.size());
  const float weight = 1 / static_cast<float>(samples.size());
  oracle.gradient(course.theta[0], samples, weight, fresh);
  oracle.gradient(start, samples, weight, stale);
  double change = 0, moved = 0;
  for (size_t i = 0; i < start.size(); ++i) {
    change += std::pow(static_cast<double>(fresh[i]) - stale[i], 2);
    moved += std::pow(static_cast<double>(course.theta[0][i]) - start[i], 2);
  }
  const double c = change * 0.3 / moved;
  for (const double factor : {0.999, 1.001}) {
    const LazyCourse found = lazy_course(
        config_, joined(lasg, {fmt::format("method.alpha_scale={:.9g}", factor * c)}), 1);
    EXPECT_EQ(found.workers[1][0].staleness, factor > 1 ? 2 : 1) << "c = " << c;
  }
}

// In each step one of two workers has a cluster that no gradient survives.
class AWorkerThatIsNotFinite : public SasgRuns {
 protected:
  AWorkerThatIsNotFinite() {
    write_unbounded_graph(folder_ / "graph.h5");
    std::ofstream(file_) << R"(
data: {source: {format: hdf5, file: graph.h5}, parts: 2, clusters_per_batch: 1, partitioner: contiguous}
model: {layers: 2, hidden: 8, dropout: 0, precompute: none}
method: {kind: sasg, workers: 2, density: 0.1}
optimizer: {kind: sgd, momentum: 0, lr: 0.01}
train: {epochs: 6}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";
  }
  const std::string file_ = folder_ / "graph.yaml";
};

TEST_F(AWorkerThatIsNotFinite, EndsTheRunOnAllRanks) {
  const Config config = load_config(file_, {});
  for (const int ranks : {1, 2})
    on_ranks(ranks, [&](comm::Exchange& exchange) {
      const Context context = make_context(config, 1);
      PhaseTimer timer;
      const auto learner = config.method().make({.config = config,
                                                 .context = context,
                                                 .exchange = exchange,
                                                 .timer = timer,
                                                 .ranks = ranks});
      learner->begin(false);
      Votes votes;
      try {
        learner->advance(votes);
        ADD_FAILURE() << "the step ended well";
      } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), ExitCode::diverged);
        EXPECT_THAT(error.what(), testing::HasSubstr("step 0: the loss or its gradient"));
      }
    });
}

TEST_F(AWorkerThatIsNotFinite, SkipsWhereItMay) {
  test::train(file_, {"train.skip_nonfinite=6"}, 2,
              [&](Learner& learner, comm::Exchange&, const Votes&) {
                for (const float value : numbers(learner, "parameters"))
                  ASSERT_TRUE(std::isfinite(value));
                if (learner.step() == 0) return;
                const Figures& figures = learner.figures();
                EXPECT_EQ(figures.value(*figures.find("skipped")), 1);
                EXPECT_EQ(figures.value(*figures.find("uploads")), learner.step());
                EXPECT_TRUE(std::isfinite(figures.value(*figures.find("loss"))));
              });
}

TEST_F(SasgRuns, AllocateNothingInSteadyState) {
  for (const int ranks : {1, 2})
    for (const char* server : {"method.server=false", "method.server=true"}) {
      int64_t counted = -1;
      test::train(config_, {"train.epochs=10", server}, ranks,
                  [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
                    if (exchange.rank() > 0) return;
                    if (learner.step() == 30) comm::test::start_counting();
                    if (learner.step() == 55) counted = comm::test::stop_counting();
                  });
      EXPECT_EQ(counted, 0) << ranks << " ranks, " << server;
    }
}

TEST_F(SasgRuns, EndWithTheBitsOfOneThatWasNotCutOff) {
  const Overrides settings[] = {{"method.workers=4"},
                                {"method.workers=4", "method.server=true", "model.norm=batch"},
                                {"method.density=1", "schedule.kind=cosine", "method.workers=5"},
                                {"method.check_every=3", "train.accumulate=2"}};
  int variant = 0;
  for (const int ranks : {1, 2})
    for (const Overrides& overrides : settings) {
      const std::string name = "run" + std::to_string(variant++);
      const std::string whole = train(name, overrides, ranks);
      for (const int64_t k : {1, 4, 7}) {
        if (test::sanitized && k != 4) continue;
        const std::string cut = name + "_" + std::to_string(k);
        train(cut, overrides, ranks, k);
        EXPECT_EQ(train(cut, overrides, ranks), whole)
            << cut << " " << testing::PrintToString(overrides);
        EXPECT_EQ(metrics(cut), metrics(name)) << cut;
      }
      // On another number of ranks: the same workers, the same numbers.
      const std::string moved = name + "_moved";
      train(moved, overrides, ranks, 5);
      train(moved, overrides, 3 - ranks);
      EXPECT_EQ(metrics(moved), metrics(name)) << testing::PrintToString(overrides);
    }
  EXPECT_NE(metrics("run0"), metrics("run1")) << "the control";
}

}  // namespace
}  // namespace laconic::test
