// A chain that was cut off in any phase goes on with the same bits, on any number of ranks.
#include <thread>

#include "comm/transport/transports.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/apps/methods/chain_run.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/sanitized.hpp"

namespace laconic::test {
namespace {

class AChainThatIsCutOff : public ChainTest {
 protected:
  // Runs until `last` rounds of this start are done, or the run is.
  std::string train(const std::string& name, Overrides overrides, int ranks,
                    int64_t last = 1 << 30) {
    overrides.push_back("run.dir=" + (folder_ / name));
    overrides.emplace_back("run.if_exists=resume");
    for (const char* more :
         {"problem.samples=6", "problem.noise=3", "data.clients.count=7",
          "problem.differences=random", "method.clients_per_round=3", "method.rounds=9"})
      overrides.emplace_back(more);
    auto group = comm::make_thread_group(ranks);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        try {
          Session session(load_config(file_, overrides), std::move(group[rank]));
          train_until(session, last);
        } catch (const std::exception& error) {
          ADD_FAILURE() << name << ": " << error.what();
        }
      });
    for (std::thread& thread : threads) thread.join();
    return checkpoint_fingerprint(real_files(), folder_ / name);
  }
  std::string metrics(const std::string& name) const {
    return real_files().read(folder_ / (name + "/metrics.jsonl"));
  }
};

TEST_F(AChainThatIsCutOff, EndsWithTheBitsOfOneThatWasNot) {
  const std::string chains[] = {
      "[{kind: local_steps, steps: 4, lr: 0.004, samples: 2, correction: scaffold, outer: "
      "{momentum: "
      "0.5}, until: {rounds: 4}}, select, {kind: global_steps, rule: asg, lr: 0.005, samples: 4}]",
      "[{kind: global_steps, rule: saga, lr: 0.002, option: II, samples: 3, until: {rounds: 4}}, "
      "{kind: global_steps, rule: ssnm, lr: 0.005, mu: 0.7, samples: 3}]",
      "[{kind: local_steps, steps: 4, lr: 0.004, until: {plateau: 0.9, over: 2}}, {kind: "
      "global_steps, lr: 0.001, first_stage: 0.3}]"};
  int variant = 0;
  for (const std::string& phases : chains) {
    const Overrides overrides{"method.phases=" + phases};
    const std::string name = "run" + std::to_string(variant++);
    const std::string whole = train(name, overrides, 1);
    EXPECT_EQ(train(name + "_on2", overrides, 2), whole);
    for (const int64_t k : {1, 4, 7})
      for (const auto& [before, after] : {std::pair(1, 1), {2, 2}, {2, 1}}) {
        if (test::sanitized && k != 4) continue;
        const std::string cut = fmt::format("{}_{}_{}{}", name, k, before, after);
        train(cut, overrides, before, k);
        EXPECT_EQ(train(cut, overrides, after), whole) << cut << " " << phases;
        EXPECT_EQ(metrics(cut), metrics(name)) << cut;
      }
  }
  EXPECT_NE(train("other", {"method.phases=" + chains[0], "seed=2"}, 1),
            train("another", {"method.phases=" + chains[0]}, 1));
}

}  // namespace
}  // namespace laconic::test
