// Chains reach what the closed form of the golden problem gives, to all digits.
#include "tests/apps/methods/chain_run.hpp"

namespace laconic::test {
namespace {

struct Row {
  double h, minimum, delta, floor, fedavg, sgd, asg, local, to_sgd, to_asg;
};
constexpr Row table[] = {
    {0, 103.1859039, 2579.647598, 0, 7.4527182e-05, 6.5678548282, 2.0274547390e-03,
     2.3696221017e-01, 1.0359897407e-01, 1.2411403737e-03},
    {0.05, 102.9279392, 2563.521259, 2.1573189129e-01, 2.1583643339e-01, 6.6063710271,
     2.0677506551e-03, 4.5777224821e-01, 1.0610046772e-01, 1.2738814880e-03},
    {0.3, 93.89917258, 2490.628504, 7.6297917946, 7.6300477224, 6.8186555857, 2.2753126000e-03,
     7.9024694479, 1.2103427345e-01, 1.4618905197e-03}};

class AChain : public ChainTest {};

void expect_digits(double value, double expected, double relative) {
  EXPECT_NEAR(value, expected, relative * std::abs(expected));
}

TEST_F(AChain, HasTheGapsOfTheClosedForm) {
  for (const Row& row : table) {
    SCOPED_TRACE(row.h);
    const Overrides h = with_h(row.h);
    chain(list({fedavg()}), 60, h, [&](Learner& learner, comm::Exchange&) {
      if (learner.step() > 0) return;
      expect_digits(score(learner, "gap"), row.delta, 1e-9);
      expect_digits(score(learner, "objective") - score(learner, "gap"), row.minimum, 1e-9);
    });
    EXPECT_NEAR(after(list({fedavg()}), 1500, h), row.floor, 1e-9);
    expect_digits(after(list({fedavg()}), 60, h), row.fedavg, 1e-7);
    expect_digits(after(list({fedavg()}), 20, h), row.local, 1e-9);
    expect_digits(after(list({sgd}), 60, h), row.sgd, 1e-9);
    expect_digits(after(list({asg}), 60, h), row.asg, 1e-9);
    expect_digits(after(list({fedavg(20), sgd}), 60, h), row.to_sgd, 1e-9);
    expect_digits(after(list({fedavg(20), asg}), 60, h), row.to_asg, 1e-9);
  }
}

TEST_F(AChain, HasOtherGapsWithOtherSteps) {  // the comparison can fail
  const Row& row = table[2];
  const std::string wrong[] = {
      list({"{kind: local_steps, steps: 19, lr: 0.005, until: {rounds: 20}}", sgd}),
      list({"{kind: local_steps, steps: 20, lr: 0.0049, until: {rounds: 20}}", sgd}),
      list({fedavg(21), sgd})};
  for (const std::string& phases : wrong)
    EXPECT_GT(std::abs(after(phases, 60) - row.to_sgd), 1e-4 * row.to_sgd) << phases;
  EXPECT_GT(after(list({"{kind: global_steps, rule: asg, lr: 0.01}"}), 60), 1.01 * row.asg);
}

TEST_F(AChain, IsBetterThanEachOfItsParts) {
  const double part = after(list({fedavg()}), 60);
  EXPECT_LT(after(list({fedavg(20), sgd}), 60), std::min(part, after(list({sgd}), 60)));
  EXPECT_LT(after(list({fedavg(20), asg}), 60), std::min(part, after(list({asg}), 60)));
}

TEST_F(AChain, GoesBackToItsStartWhereLocalStepsHaveHarmed) {
  Numbers start = golden_minimiser(0.3), end, alone;
  for (double& x : start) x += 0.001;
  double before = 0, half = 0;
  int selected = -1;
  const auto set = [&](Learner& learner, const Overrides& names) {
    for (const std::string& name : names) std::ranges::copy(start, state_of(learner, name).begin());
  };
  const auto take = [&](Learner& learner, Numbers& x) {
    const std::span<double> now = state_of(learner, "parameters");
    x.assign(now.begin(), now.end());
  };
  chain(list({fedavg(20), "{kind: select}", asg}), 61, {}, [&](Learner& learner, comm::Exchange&) {
    if (learner.step() == 0) {
      set(learner, {"parameters", "chain/start"});
      before = score(learner, "objective");
    }
    if (learner.step() == 20) half = score(learner, "objective");
    if (learner.step() == 21) selected = static_cast<int>(learner.figures().value(3));
    take(learner, end);
  });
  chain(list({asg}), 40, {}, [&](Learner& learner, comm::Exchange&) {
    if (learner.step() == 0) set(learner, {"parameters", "chain/before"});
    take(learner, alone);
  });
  expect_digits(before, 93.8992757659, 1e-11);
  expect_digits(half, 101.528913158, 1e-11);
  EXPECT_EQ(selected, 0);
  EXPECT_EQ(end, alone);
}

TEST_F(AChain, KeepsWhatLocalStepsHaveReachedWhereThatIsBetterOrEqual) {
  EXPECT_EQ(course(list({fedavg(20), "{kind: select}", sgd}), 61).back(),
            course(list({fedavg(20), sgd}), 60).back());
  chain("[select]", 1, {}, [&](Learner& learner, comm::Exchange&) {  // equal: it stays
    if (learner.done()) {
      EXPECT_EQ(learner.figures().value(3), 1);
    }
  });
}

// With equal curvatures (1 - η a_j)^(K r) is left of the error of each coordinate.
TEST_F(AChain, OfLocalStepsHasNoFloorWhereCurvaturesAreEqual) {
  const std::vector<Numbers> x = course(list({fedavg()}), 60, with_h(0));
  for (const int64_t r : {1, 10, 60})
    for (int j = 0; j < 8; ++j) {
      const double left = std::pow(1 - 0.005 * std::pow(100, j / 7.0), 20.0 * r);
      EXPECT_NEAR(x[r][j] - 5, -5 * left, 5e-10 * left + 2e-14) << "round " << r << ", " << j;
    }
}

TEST_F(AChain, NeedsTheRoundsOfTheClosedForm) {
  const auto rounds = [&](const Overrides& phases) {
    int64_t first = 0;
    chain(list(phases), 500, {}, [&](Learner& learner, comm::Exchange&) {
      if (first == 0 && score(learner, "gap") <= 1e-2) first = learner.step();
    });
    return first;
  };
  EXPECT_EQ(rounds({sgd}), 361);
  EXPECT_EQ(rounds({asg}), 52);
  const struct {
    int64_t local, to_sgd, to_asg;
  } switches[] = {{20, 184, 49}, {30, 98, 46}, {40, 56, 50}};
  for (const auto& [local, to_sgd, to_asg] : switches) {
    EXPECT_EQ(rounds({fedavg(local), sgd}), to_sgd) << local;
    EXPECT_EQ(rounds({fedavg(local), asg}), to_asg) << local;
  }
}

TEST_F(AChain, MeasuresTheDissimilarityOfGradients) {
  for (const auto& [h, zeta2] : {std::pair(0.3, 11316.7), {0.0, 13665.9}, {0.05, 13597.6}})
    chain(list({sgd}), 1, with_h(h, {"method.probe=true"}), [&](Learner& learner, comm::Exchange&) {
      if (learner.step() > 0) return;
      std::ranges::copy(golden_minimiser(h), state_of(learner, "parameters").begin());
      EXPECT_NEAR(score(learner, "zeta2"), zeta2, 0.05) << h;
      EXPECT_NEAR(score(learner, "gradient_norm2"), 0, 1e-18);
      EXPECT_NEAR(score(learner, "gap"), 0, 1e-12);
    });
}

}  // namespace
}  // namespace laconic::test
