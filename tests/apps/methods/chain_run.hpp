// Chains on the golden problem of two quadratics: N = 2, d = 8, a_j = 100^(j/7), client i has curvature
// a_j (1 ± h) and centre 6 or 4, x0 = 0; and what a chain leaves of the gap F - F*.
#pragma once

#include <functional>

#include "tests/apps/methods/method_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {

using Overrides = std::vector<std::string>;
using Numbers = std::vector<double>;

inline std::span<double> state_of(Learner& learner, const std::string& name) {
  StateList list;
  learner.visit_state(list);
  for (const StateEntry& entry : list.entries())
    if (entry.name == name) {
      const std::span<std::byte> bytes = entry.memory();
      return {reinterpret_cast<double*>(bytes.data()), bytes.size() / sizeof(double)};
    }
  ADD_FAILURE() << "no state " << name;
  return {};
}

inline double score(Learner& learner, const char* name) {
  learner.evaluate();
  return learner.scores().value(learner.scores().find(name).value());
}

// What the runs of a test share.
class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    std::ofstream(file_) << R"(
problem: {kind: quadratic}
data: {clients: {count: 2}}
method: {kind: chain}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
)";
  }

  using See = std::function<void(Learner&, comm::Exchange&)>;
  void chain(const std::string& phases, int64_t rounds, const Overrides& more, const See& see,
             int ranks = 1) const {
    Overrides all{"method.phases=" + phases, "method.rounds=" + std::to_string(rounds)};
    all.insert(all.end(), more.begin(), more.end());
    train(file_, all, ranks, [&](Learner& learner, comm::Exchange& exchange, const Votes&) {
      see(learner, exchange);
    });
  }
  // Returns a score after the last round.
  double after(const std::string& phases, int64_t rounds, const Overrides& more = {},
               const char* name = "gap") const {
    double value = 0;
    chain(phases, rounds, more, [&](Learner& learner, comm::Exchange&) {
      if (learner.done()) value = score(learner, name);
    });
    return value;
  }
  // Returns the parameters after each round, which must be equal on all ranks.
  std::vector<Numbers> course(const std::string& phases, int64_t rounds, const Overrides& more = {},
                              int ranks = 1) const {
    std::vector<std::vector<Numbers>> of_rank(ranks);
    chain(
        phases, rounds, more,
        [&](Learner& learner, comm::Exchange& exchange) {
          const std::span<double> x = state_of(learner, "parameters");
          of_rank[exchange.rank()].emplace_back(x.begin(), x.end());
        },
        ranks);
    for (const auto& other : of_rank) EXPECT_EQ(other, of_rank[0]);
    return of_rank[0];
  }

  const TemporaryFolder folder_;
  const std::string file_ = folder_ / "config.yaml";
};

// Phases of the golden problem.
inline std::string fedavg(int64_t rounds = 0) {
  return "{kind: local_steps, steps: 20, lr: 0.005, until: {rounds: " + std::to_string(rounds) +
         "}}";
}
inline const std::string sgd = "{kind: global_steps, rule: sgd, lr: 0.01}";
inline const std::string asg = "{kind: global_steps, rule: asg, lr: 0.01, mu: 1}";
inline std::string list(const Overrides& phases) {
  std::string text;
  for (const std::string& phase : phases) text += (text.empty() ? "[" : ", ") + phase;
  return text + "]";
}
inline Overrides with_h(double h, Overrides more = {}) {
  more.push_back("problem.curvature_spread=" + std::to_string(h));
  return more;
}

// The minimiser of F.
inline Numbers golden_minimiser(double h) {
  Numbers x;
  for (int j = 0; j < 8; ++j) {
    const double sign = j % 2 == 0 ? h : -h;
    x.push_back(((1 + sign) * 6 + (1 - sign) * 4) / 2);
  }
  return x;
}

}  // namespace laconic::test
