// The state of a gradient sum, and the steps at which nothing may change: those with values that
// are not finite, on any rank.
#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "tests/comm/gradient/sum_fixture.hpp"

namespace laconic::comm::test {
namespace {

// Sizes by name, of what a sum declares before it has memory.
std::map<std::string, int64_t> declared(const SumOptions& options, const FeedbackSettings& feedback,
                                        int64_t n) {
  std::map<std::string, int64_t> counts;
  run_ranks_well(1, [&](Communicator& communicator) {
    Exchange exchange(communicator.split(0, 0), exact_options(options.allreduce));
    GradientSum sum(exchange, {.isa = detect_isa()}, options.gradient, feedback, n);
    StateList state;
    sum.visit_state(state);
    for (const StateEntry& entry : state.entries()) {
      counts[entry.name] = entry.count;
      if (entry.count == n) {
        EXPECT_TRUE(entry.memory().empty()) << entry.name;
      }
    }
    EXPECT_THROW(sum.begin(0, 0.1), Error);  // not before allocate()
    sum.allocate();
    for (const StateEntry& entry : state.entries())
      EXPECT_EQ(std::ssize(entry.contents()), entry.bytes()) << entry.name;
    sum.begin(0, 0.1);
  });
  return counts;
}

TEST(GradientSumSparse, DeclaresItsStateBeforeItHasMemory) {
  const int64_t n = 100'000;
  EXPECT_THAT(declared({.allreduce = "dense", .gradient = {}}, {}, n), testing::IsEmpty());
  const auto plain = declared(sparse(), {}, n),
             corrected = declared(sparse(), {.momentum = 0.9}, n);
  EXPECT_EQ(plain.at("exchange/residual"), n);
  EXPECT_FALSE(plain.contains("exchange/velocity"));
  EXPECT_EQ(corrected.at("exchange/velocity"), n);
}

// What was read is what the next step starts from; without it the step is another.
TEST(GradientSumSparse, KeepsWhatWasReadBeforeItHadMemory) {
  const int64_t n = 1000;
  const auto next_of = [&](bool reads) {
    std::vector<float> next;
    run_ranks_well(1, [&](Communicator& communicator) {
      Exchange exchange(communicator.split(0, 0), exact_options("oktopk"));
      const Context context{.isa = detect_isa()};
      GradientSum first(exchange, context, sparse().gradient, {}, n),
          second(exchange, context, sparse().gradient, {}, n);
      first.allocate();
      next = gradient(0, 0, n);
      first.begin(0, 0.1);
      EXPECT_TRUE(first.finish(next, {}));
      StateList from, to;
      first.visit_state(from);
      second.visit_state(to);
      for (size_t i = 0; reads && i < from.entries().size(); ++i)
        std::ranges::copy(from.entries()[i].contents(),
                          to.entries()[i].make(to.entries()[i].count).begin());
      second.allocate();
      std::vector<float> other = next = gradient(0, 1, n);
      first.begin(1, 0.1);
      EXPECT_TRUE(first.finish(next, {}));
      second.begin(1, 0.1);
      EXPECT_TRUE(second.finish(other, {}));
      EXPECT_EQ(next == other, reads);
    });
    return next;
  };
  EXPECT_EQ(next_of(true), next_of(false));
}

TEST(GradientSumSparse, ChangesNothingAnywhereWhereOneRankIsNotFinite) {
  for (const float broken :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()})
    for (const char* algorithm : {"oktopk", "topka", "topkdsa", "gtopk", "gaussiank", "spardl"}) {
      SumOptions options = sparse();
      options.allreduce = algorithm;
      on_ranks(3, options, {}, 1000, [&](int rank, GradientSum& sum) {
        std::vector<float> before;
        for (int64_t step = 0; step < 6; ++step) {
          std::vector<float> g = gradient(rank, step, 1000);
          if (step == 3 && rank == 1) g[777] = broken;
          before = residual_of(sum);
          sum.begin(step, 0.1);
          EXPECT_EQ(sum.finish(g, {}), step != 3) << algorithm;
          EXPECT_EQ(residual_of(sum) == before, step == 3) << algorithm;
        }
      });
    }
}

TEST(GradientSumSparse, ChangesNothingWhereAFigureIsNotFinite) {
  on_ranks(2, sparse(), {}, 100, [&](int rank, GradientSum& sum) {
    std::vector<float> g = gradient(rank, 0, 100);
    double loss = rank == 0 ? std::numeric_limits<double>::quiet_NaN() : 1;
    sum.begin(0, 0.1);
    const std::span<double> beside[] = {{&loss, 1}};
    EXPECT_FALSE(sum.finish(g, beside));
    EXPECT_THAT(residual_of(sum), testing::Each(0));
  });
}

// Two buckets of 200 and 240 pairs: where one holds what is large it is dense and of
// the other little is said. Of the dense one each rank looks at its share alone.
TEST(GradientSumSparse, SeesWhatIsNotFiniteAnywhereInADenseBucketBesideASparseOne) {
  constexpr int64_t n = 400;
  SumOptions options = sparse(0.6);
  options.gradient.bucket_mb = 0.0008;
  on_ranks(3, options, {}, n, [&](int rank, GradientSum& sum) {
    const auto step = [&](int64_t index, std::vector<float> g, int64_t at) {
      for (int64_t i = 0; i < n / 2; ++i) g[i] = 256 * (g[i] == 0 ? 1 : g[i]);
      if (at < n && rank == 1) g[at] = std::numeric_limits<float>::max();
      if (at < n && rank == 2) g[at] = std::numeric_limits<float>::max();
      sum.begin(index, 0.1);
      return sum.finish(g, {});
    };
    for (int64_t i = 0; i < 3; ++i) EXPECT_TRUE(step(i, gradient(rank, i, n), n));
    EXPECT_EQ(sum.figures().dense_buckets, 1);
    const std::vector<float> before = residual_of(sum);
    EXPECT_THAT(before, testing::Contains(testing::Ne(0)));
    for (const int64_t at : {0, 66, 67, 133, 134, 199}) {
      EXPECT_FALSE(step(3, gradient(rank, 3, n), at)) << at;
      EXPECT_EQ(sum.figures().dense_buckets, 1);
      EXPECT_EQ(residual_of(sum), before);
    }
    EXPECT_TRUE(step(3, gradient(rank, 3, n), n));
  });
}

// No residual depends on it: as with a dense allreduce, the caller looks.
TEST(GradientSumSparse, LeavesWhatIsDenseAsAWholeToTheCaller) {
  on_ranks(2, sparse(1), {}, 10, [&](int, GradientSum& sum) {
    std::vector<float> g(10, std::numeric_limits<float>::max());
    sum.begin(0, 0.1);
    EXPECT_TRUE(sum.finish(g, {}));
    EXPECT_THAT(g, testing::Each(std::numeric_limits<float>::infinity()));
    EXPECT_THAT(residual_of(sum), testing::Each(0));
    g.assign(10, 1);
    sum.begin(1, 0.1);
    EXPECT_TRUE(sum.finish(g, {}));
    EXPECT_THAT(g, testing::Each(2));
  });
}

}  // namespace
}  // namespace laconic::comm::test
