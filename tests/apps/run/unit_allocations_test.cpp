// A unit of a run in steady state allocates nothing: the step, its journal, the look for requests.
// Counted are the calls of operator new in this process; what libraries take by malloc is theirs.
#include <fstream>
#include <thread>

#include "comm/transport/transports.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/comm/allocations.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

constexpr const char* small_yaml = R"(
data:
  source: {format: planted, planted: {nodes: 300, blocks: 6, classes: 3, features: 8, degree: 6}}
  parts: 16
  clusters_per_batch: 2
  partitioner: contiguous
model: {layers: 2, hidden: 16, dropout: 0.3}
train: {epochs: 100, evaluate_every: 0}
checkpoint: {mtbf: 0}
compute: {threads: 1}
observe: {progress: log, interval: 1000, tensorboard: true, trace_first: 5, trace_steps: 10}
)";

// Allocations of 20 units in the midst of an epoch and over its end, after 40 others.
int64_t allocations_of_units(int ranks, const std::vector<std::string>& overrides) {
  const TemporaryFolder folder;
  std::ofstream(folder / "config.yaml") << small_yaml;
  std::vector<std::string> all = overrides;
  all.push_back("run.dir=" + folder / "run");
  auto group = comm::make_thread_group(ranks);
  std::vector<std::thread> threads;
  int64_t counted = -1;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] {
      Session session(load_config(folder / "config.yaml", all), std::move(group[rank]));
      Ledger ledger(session.exchange());
      const std::unique_ptr<Learner> learner = learner_of(session, ledger);
      Loop loop(session, *learner, ledger);
      loop.start();
      for (int unit = 0; unit < 40; ++unit) loop.unit();
      session.exchange().barrier();
      if (rank == 0) comm::test::start_counting();
      session.exchange().barrier();
      for (int unit = 0; unit < 20; ++unit) loop.unit();
      session.exchange().barrier();
      if (rank == 0) counted = comm::test::stop_counting();
      session.exchange().barrier();
    });
  for (std::thread& thread : threads) thread.join();
  return counted;
}

TEST(SteadyUnits, AllocateNothing) {
  for (const int ranks : {1, 2}) {
    EXPECT_EQ(allocations_of_units(ranks, {}), 0) << ranks;
    EXPECT_EQ(allocations_of_units(ranks, {"comm.allreduce=oktopk", "comm.density=0.05",
                                           "comm.auto_dense=false", "train.accumulate=2"}),
              0)
        << ranks;
    EXPECT_EQ(allocations_of_units(
                  ranks, {"method=local_steps", "method.steps=3", "method.outer.momentum=0.9"}),
              0)
        << ranks;
  }
}

TEST(SteadyUnits, AllocateWhereTheyEvaluate) {  // the count can fail
  EXPECT_GT(allocations_of_units(1, {"train.evaluate_every=1"}), 0);
}

}  // namespace
}  // namespace laconic::test
