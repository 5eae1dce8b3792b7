// What a chain promises whatever its problem: equal methods have equal bits, ranks do not count, rules
// converge where they should.
#include <gmock/gmock.h>

#include "apps/laconic/learn/clients/global_options.hpp"
#include "apps/laconic/learn/clients/phase.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "tests/apps/methods/chain_run.hpp"
#include "tests/comm/allocations.hpp"

namespace laconic {
ChainPhaseKind global_steps_phase();
}

namespace laconic::test {
namespace {

class ChainPromises : public ChainTest {};

const Overrides noisy = {"problem.samples=6", "problem.noise=3", "data.clients.count=7",
                         "problem.differences=random", "method.clients_per_round=3"};

TEST_F(ChainPromises, OneLocalStepIsAGlobalStep) {
  const auto one = [&](const std::string& more, const Overrides& problem) {
    return course("[{kind: local_steps, steps: 1, lr: 0.01" + more + "}]", 20, problem);
  };
  for (const char* samples : {", samples: 0", ", samples: 4"}) {
    const auto global =
        course(std::string("[{kind: global_steps, lr: 0.01") + samples + "}]", 20, noisy);
    EXPECT_EQ(one(samples, noisy), global);
    EXPECT_NE(one(std::string(samples) + ", outer: {lr: 0.5}", noisy), global);
  }
}

TEST_F(ChainPromises, TwoPhasesOfOneMethodWithoutStateAreOne) {
  const std::string phase = "{kind: local_steps, steps: 5, lr: 0.005, samples: 2";
  const auto whole = course(list({phase + "}"}), 12, noisy);
  EXPECT_EQ(course(list({phase + ", until: {rounds: 7}}", phase + "}"}), 12, noisy), whole);
  const auto part = phase + ", outer: {momentum: 0.9}";  // with state they are not
  EXPECT_NE(course(list({part + ", until: {rounds: 7}}", part + "}"}), 12, noisy),
            course(list({part + "}"}), 12, noisy));
}

TEST_F(ChainPromises, TheMethodIsThePhase) {
  std::vector<Numbers> alone;
  train(file_,
        {"method=global_steps", "method.rule=asg", "method.mu=1", "method.lr=0.01",
         "method.rounds=9"},
        1, [&](Learner& learner, comm::Exchange&, const Votes&) {
          const std::span<double> x = state_of(learner, "parameters");
          alone.emplace_back(x.begin(), x.end());
        });
  EXPECT_EQ(alone, course(list({asg}), 9));
}

TEST_F(ChainPromises, RanksDoNotCount) {
  const std::string phases[] = {
      "[{kind: local_steps, steps: 4, lr: 0.004, samples: 2, correction: scaffold}]",
      "[{kind: global_steps, rule: saga, lr: 0.002, option: II, samples: 3}]",
      "[{kind: global_steps, rule: saga, lr: 0.002}]",
      "[{kind: global_steps, rule: ssnm, lr: 0.005, mu: 0.7}]",
      "[{kind: local_steps, steps: 4, lr: 0.004, until: {rounds: 4}}, select, {kind: global_steps, "
      "rule: asg, lr: 0.005, mu: 1}]"};
  for (const std::string& chain : phases) {
    const auto one = course(chain, 10, noisy);
    for (const int ranks : {2, 3, 4, 9}) EXPECT_EQ(course(chain, 10, noisy, ranks), one) << ranks;
    Overrides other = noisy;
    other.emplace_back("seed=2");
    EXPECT_NE(course(chain, 10, other), one);
  }
}

TEST_F(ChainPromises, ScaffoldHasNoFloor) {
  const std::string scaffold = "{kind: local_steps, steps: 20, lr: 0.002, correction: scaffold}";
  EXPECT_LT(after(list({scaffold}), 1000), 1e-10);
  EXPECT_GT(after(list({"{kind: local_steps, steps: 20, lr: 0.002}"}), 1000), 1);
}

// 20 clients, 4 per round, condition 150: only the rules that reduce variance converge.
TEST_F(ChainPromises, VarianceReductionOverClientsConverges) {
  const Overrides problem = {"data.clients.count=20",      "method.clients_per_round=4",
                             "problem.dimension=10",       "problem.beta=150",
                             "problem.differences=random", "problem.curvature_spread=0.3"};
  constexpr double L = 195;
  const auto gaps = [&](const std::string& rule, double lr) {
    std::array<double, 2> gap{};
    chain("[{kind: global_steps, " + rule + ", lr: " + fmt::format("{:.17g}", lr) + "}]", 2000,
          problem, [&](Learner& learner, comm::Exchange&) {
            if (learner.step() == 600) gap[0] = score(learner, "gap");
            if (learner.step() == 2000) gap[1] = score(learner, "gap");
          });
    return gap;
  };
  const auto sgd_gap = gaps("rule: sgd", 1 / L);
  EXPECT_GT(sgd_gap[1], 0.1);
  for (const char* option : {"I", "II"}) {
    const auto saga = gaps(std::string("rule: saga, option: ") + option, 1 / (3 * L));
    EXPECT_LT(saga[1], 0.1 * saga[0]) << option;
    EXPECT_LT(saga[1], 0.02 * sgd_gap[1]) << option;
  }
  const auto ssnm = gaps("rule: ssnm, mu: 0.7", 1 / L);
  EXPECT_LT(ssnm[0], 0.1 * sgd_gap[0]);
  EXPECT_LT(ssnm[1], 1e-10);
}

TEST_F(ChainPromises, APlateauEndsAPhase) {
  std::vector<double> phase, loss;
  chain(
      "[{kind: local_steps, steps: 20, lr: 0.005, until: {plateau: 0.02, over: 3}}, {kind: "
      "global_steps, lr: 0.01}]",
      60, {}, [&](Learner& learner, comm::Exchange&) {
        if (learner.step() == 0) return;
        loss.push_back(learner.figures().value(0));
        phase.push_back(learner.figures().value(2));
      });
  const auto second = std::ranges::find(phase, 2.0) - phase.begin();
  ASSERT_GT(second, 4);
  ASSERT_LT(second, 50);
  for (int64_t r = 3; r < second; ++r)
    EXPECT_EQ(loss[r - 3] - loss[r] < 0.02 * loss[r - 3], r == second - 1) << r;
}

TEST_F(ChainPromises, AShareOfTheRoundsEndsAPhaseAndStagesHalveItsStep) {
  std::vector<double> phase, lr;
  chain(
      "[{kind: local_steps, lr: 0.004, steps: 2, until: {share: 0.7}, first_stage: 0.3}, {kind: "
      "global_steps, lr: 0.01}]",
      20, {}, [&](Learner& learner, comm::Exchange&) {
        if (learner.step() == 0) return;
        lr.push_back(learner.figures().value(1));
        phase.push_back(learner.figures().value(2));
      });
  EXPECT_EQ(std::ranges::count(phase, 1.0), 14);
  // 30 % of 14 rounds, then twice as many, then the rest.
  for (int r = 0; r < 14; ++r) EXPECT_DOUBLE_EQ(lr[r], r < 5 ? 0.004 : r < 13 ? 0.002 : 0.001) << r;
}

// The bytes of clients that are machines of their own, of 8 bytes per number.
TEST_F(ChainPromises, ClientBytesAreThoseOfTheFormula) {
  constexpr int64_t P = 8, S = 3, w = 8;
  const auto bytes = [&](const std::string& phases, int64_t rounds) {
    double value = 0;
    chain(phases, rounds, noisy, [&](Learner& learner, comm::Exchange&) {
      if (learner.done()) value = learner.figures().value(4);
    });
    return static_cast<int64_t>(value);
  };
  EXPECT_EQ(bytes("[{kind: local_steps}]", 5), 5 * S * (P + P + 1) * w);
  EXPECT_EQ(bytes("[{kind: local_steps, correction: scaffold, lr: 0.001}]", 5),
            5 * S * (2 * P + P + 1) * w);
  EXPECT_EQ(bytes("[{kind: global_steps, lr: 0.001}]", 5), 5 * S * (P + P + 1) * w);
  const int64_t local = 5 * S * (2 * P + 1) * w;
  EXPECT_EQ(bytes("[{kind: local_steps, until: {rounds: 5}}, select]", 6), local + S * (P + 2) * w);
}

TEST_F(ChainPromises, RoundsInSteadyStateAllocateNothing) {
  for (const char* phases :
       {"[{kind: local_steps, lr: 0.001, samples: 2, correction: scaffold, outer: {momentum: "
        "0.5}}]",
        "[{kind: global_steps, rule: asg, lr: 0.001, samples: 3}]",
        "[{kind: global_steps, rule: saga, option: II, lr: 0.001, samples: 3}]",
        "[{kind: global_steps, rule: ssnm, mu: 0.7, lr: 0.001}]"}) {
    int64_t counted = -1;
    const auto count = [&](Learner& learner, comm::Exchange& exchange) {
      if (learner.step() != 5 && learner.step() != 15) return;
      exchange.barrier();
      if (exchange.rank() == 0 && learner.step() == 5) comm::test::start_counting();
      if (exchange.rank() == 0 && learner.step() == 15) counted = comm::test::stop_counting();
      exchange.barrier();
    };
    chain(phases, 20, noisy, count, 2);
    EXPECT_EQ(counted, 0) << phases;
  }
}

// Records where gradients are taken.
class Spy final : public models::Oracle<double> {
 public:
  std::vector<Numbers> points;
  std::vector<std::vector<int32_t>> samples_seen;
  int64_t dimension() const override { return 2; }
  int64_t samples() const override { return 10; }
  double value(std::span<const double>, std::span<const int32_t>) override { return 0; }
  double gradient(std::span<const double> x, std::span<const int32_t> samples, double scale,
                  std::span<double> g) override {
    points.emplace_back(x.begin(), x.end());
    samples_seen.emplace_back(samples.begin(), samples.end());
    for (const int32_t s : samples) {
      g[0] += scale * (x[0] - s);
      g[1] += scale * (x[1] + 2 * s);
    }
    return 0;
  }
};

TEST_F(ChainPromises, GlobalStepsTakeAllGradientsWhereTheRoundBegins) {
  const Config config = load_config(file_, {"method=global_steps"});
  on_ranks(1, [&](comm::Exchange& exchange) {
    const Context context = make_context(config, 1);
    PhaseTimer timer;
    models::Federation<double> federation{.dimension = 2,
                                          .samples = {{0, 1, 2, 3, 4}, {5, 6, 7, 8, 9}}};
    auto spy = std::make_unique<Spy>();
    Spy& seen = *spy;
    federation.oracle = std::move(spy);
    Cohort<double> cohort({config, context, exchange, timer}, federation, 2);
    cohort.begin();
    const ChainPhaseKind kind = global_steps_phase();
    const auto options = kind.make_options();
    auto& steps = dynamic_cast<GlobalStepsOptions&>(*options);
    steps.lr = 0.5;
    steps.samples = 20;
    std::unique_ptr<ChainPhase<double>> phase;
    kind.make(*options, cohort, phase);
    Numbers x{1, 2};
    phase->begin(x, false);
    phase->round({.x = x, .start = x});
    EXPECT_THAT(seen.points, testing::Each(Numbers{1, 2}));
    ASSERT_EQ(seen.points.size(), 2u);  // a client each
    double mean = 0;
    for (int32_t client = 0; client < 2; ++client) {
      EXPECT_EQ(seen.samples_seen[client].size(), 20u);
      for (const int32_t s : seen.samples_seen[client]) {
        EXPECT_EQ(s / 5, client);
        mean += s / 40.0;
      }
    }
    EXPECT_GT(mean, 0);
    EXPECT_NEAR(x[0], 1 - 0.5 * (1 - mean), 1e-14);
    EXPECT_NEAR(x[1], 2 - 0.5 * (2 + 2 * mean), 1e-14);
  });
}

TEST_F(ChainPromises, ADivergedClientIsNamed) {
  const Config config =
      load_config(file_, {"method.phases=[{kind: local_steps, lr: 1e200}]", "method.rounds=9"});
  on_ranks(2, [&](comm::Exchange& exchange) {
    const Context context = make_context(config, 1);
    PhaseTimer timer;
    const auto learner = config.method().make(
        {.config = config, .context = context, .exchange = exchange, .timer = timer, .ranks = 2});
    learner->begin(false);
    Votes votes;
    try {
      for (int round = 0; round < 9; ++round) learner->advance(votes);
      ADD_FAILURE() << "no error";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::diverged);
      EXPECT_THAT(
          error.what(),
          testing::HasSubstr("round 0: client 0: a number that it sends (upload) is not finite"));
    }
  });
}

TEST_F(ChainPromises, MistakesAreRefusedWithTheirKey) {
  const auto error_of = [&](const Overrides& overrides) -> std::string {
    try {
      load_config(file_, overrides);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  using testing::HasSubstr;
  EXPECT_THAT(error_of({}), HasSubstr("method.phases.1.kind"));
  EXPECT_THAT(error_of({"method.phases=[local_steps, global_steps]"}),
              HasSubstr("method.phases.1.until.rounds"));
  EXPECT_THAT(error_of({"method.phases=[local_stps]"}), HasSubstr("local_steps"));
  EXPECT_THAT(error_of({"method.phases=[{kind: local_steps, stesp: 3}]"}),
              HasSubstr("method.phases.1.steps"));
  EXPECT_THAT(error_of({"method.phases=[local_steps]", "method.clients_per_round=3"}),
              HasSubstr("more than the 2 clients (data.clients.count)"));
  EXPECT_THAT(error_of({"method.phases=[{kind: global_steps, rule: ssnm}]"}),
              HasSubstr("method.phases.1.mu"));
  EXPECT_THAT(error_of({"method.phases=[a, a, a, a, a, a, a]"}),
              HasSubstr("7 items; allowed: up to 6"));
  EXPECT_EQ(error_of({"method.phases=[local_steps]", "method.phases.1.steps=3"}), "");
}

}  // namespace
}  // namespace laconic::test
