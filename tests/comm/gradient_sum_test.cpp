// The gradient sum of a sparse method on threads: what enters the residual, what leaves it, and
// when nothing may change.
#include "comm/gradient_sum.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "tests/comm/group.hpp"
#include "tests/comm/sparse/data.hpp"

namespace laconic::comm::test {
namespace {

ExchangeOptions sparse(double density = 0.1) {
  ExchangeOptions options{.allreduce = "oktopk", .bucket_mb = 0.001, .density = density};
  options.auto_dense = false;
  return options;
}

// Integer-valued gradients of a step.
std::vector<float> gradient(int rank, int64_t step, int64_t n) {
  std::mt19937 random(static_cast<unsigned>(1 + rank + 100 * step));
  std::vector<float> g(n);
  for (float& x : g) x = static_cast<float>(random() % 401) - 200;
  return g;
}

// Runs body(rank, sum) on `ranks` ranks.
template <class Body>
void on_ranks(int ranks, const ExchangeOptions& options, const FeedbackSettings& feedback,
              int64_t n, Body body) {
  run_ranks_well(ranks, [&](Communicator& communicator) {
    const int rank = communicator.rank();
    // The exchange wants to own a communicator; a split of all is one.
    Exchange exchange(communicator.split(0, rank), options);
    Context context;
    context.isa = detect_isa();
    GradientSum sum(exchange, context, options, feedback, n);
    body(rank, sum);
  });
}

std::vector<float> residual_of(GradientSum& sum) {
  StateList state;
  sum.visit_state(state);
  for (const StateEntry& entry : state.entries())
    if (entry.name == "exchange/residual") {
      const auto* values = reinterpret_cast<const float*>(entry.bytes.data());
      return {values, values + entry.bytes.size() / sizeof(float)};
    }
  return {};
}

TEST(GradientSumSparse, TelescopesExactly) {
  constexpr int P = 4;
  constexpr int64_t n = 1000;
  std::vector<std::vector<double>> given(P, std::vector<double>(n)), received = given;
  std::vector<std::vector<float>> residuals(P);
  on_ranks(P, sparse(), {}, n, [&](int rank, GradientSum& sum) {
    for (int64_t step = 0; step < steps_or_more(40); ++step) {
      std::vector<float> g = gradient(rank, step, n);
      for (int64_t i = 0; i < n; ++i) given[rank][i] += g[i];
      sum.begin(step, 0.1);
      sum.ready(g, 300);
      double figure = rank;
      EXPECT_TRUE(sum.finish(g, {&figure, 1}));
      EXPECT_EQ(figure, 6);
      for (int64_t i = 0; i < n; ++i) received[rank][i] += g[i];
      EXPECT_EQ(sum.figures().k, 100);
      EXPECT_EQ(sum.figures().kept, 100);
    }
    residuals[rank] = residual_of(sum);
  });
  for (int64_t i = 0; i < n; ++i) {
    double all = 0;
    double left = 0;
    for (int rank = 0; rank < P; ++rank) {
      all += given[rank][i];
      left += residuals[rank][i];
      EXPECT_EQ(received[rank][i], received[0][i]);
    }
    ASSERT_EQ(all, received[0][i] + left) << i;
  }
}

// Two buckets of 200 and 240 pairs; the large gradients move from one to the other, which may then
// say all it has.
TEST(GradientSumSparse, ABucketThatTurnsDenseSaysWhatItKept) {
  constexpr int P = 3;
  constexpr int64_t n = 400;
  ExchangeOptions options = sparse(0.6);
  options.bucket_mb = 0.0008;
  std::vector<std::vector<double>> given(P, std::vector<double>(n));
  std::vector<double> received(n);
  std::vector<std::vector<float>> residuals(P);
  std::vector<int64_t> dense;
  on_ranks(P, options, {}, n, [&](int rank, GradientSum& sum) {
    for (int64_t step = 0; step < 12; ++step) {
      std::vector<float> g = gradient(rank, step, n);
      for (int64_t i = 0; i < n; ++i) {
        g[i] *= i / 200 == step / 3 % 2 ? 256 : 1;
        given[rank][i] += g[i];
      }
      sum.begin(step, 0.1);
      EXPECT_TRUE(sum.finish(g, {}));
      if (rank > 0) continue;
      for (int64_t i = 0; i < n; ++i) received[i] += g[i];
      dense.push_back(sum.figures().dense_buckets);
    }
    residuals[rank] = residual_of(sum);
  });
  EXPECT_EQ(dense[0], 0);
  EXPECT_THAT(dense, testing::Contains(1));
  for (int64_t i = 0; i < n; ++i) {
    const double all = given[0][i] + given[1][i] + given[2][i];
    ASSERT_EQ(all, received[i] + residuals[0][i] + residuals[1][i] + residuals[2][i]) << i;
  }
}

TEST(GradientSumSparse, ChangesNothingAnywhereWhereOneRankIsNotFinite) {
  for (const float broken :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()})
    for (const char* algorithm : {"oktopk", "topka", "topkdsa", "gtopk", "gaussiank", "spardl"}) {
      ExchangeOptions options = sparse();
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
    EXPECT_FALSE(sum.finish(g, {&loss, 1}));
    EXPECT_THAT(residual_of(sum), testing::Each(0));
  });
}

// Two buckets of 200 and 240 pairs: where one holds what is large it is dense and of
// the other little is said. Of the dense one each rank looks at its share alone.
TEST(GradientSumSparse, SeesWhatIsNotFiniteAnywhereInADenseBucketBesideASparseOne) {
  constexpr int64_t n = 400;
  ExchangeOptions options = sparse(0.6);
  options.bucket_mb = 0.0008;
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

TEST(GradientSumSparse, SharesTheBudgetByWhereTheLargeOnesAre) {
  // Five buckets of 200; all that is large lies in the second.
  on_ranks(
      2,
      [] {
        auto o = sparse(0.1);
        o.bucket_mb = 0.0008;
        return o;
      }(),
      {}, 1000,
      [&](int, GradientSum& sum) {
        for (int64_t step = 0; step < 4; ++step) {
          std::vector<float> g(1000, 0.001f);
          for (int64_t i = 200; i < 400; ++i) g[i] = static_cast<float>(i + 1000 * (step + 1));
          sum.begin(step, 0.1);
          EXPECT_TRUE(sum.finish(g, {}));
          const auto large = std::count_if(g.begin(), g.end(), [](float x) { return x > 1; });
          if (step == 0) {
            EXPECT_EQ(large, 20);  // equal shares
          } else {
            EXPECT_GE(large, 90);  // all but one or two for each of the others
          }
        }
      });
}

TEST(GradientSumSparse, IsDenseWhereEverythingIsSelected) {
  on_ranks(3, sparse(1), {}, 1000, [&](int rank, GradientSum& sum) {
    std::vector<float> g = gradient(rank, 0, 1000);
    sum.begin(0, 0.1);
    EXPECT_TRUE(sum.finish(g, {}));
    EXPECT_EQ(sum.figures().dense_buckets, 4);
    for (int64_t i = 0; i < 1000; ++i) {
      float expected = 0;
      for (int r = 0; r < 3; ++r) expected += gradient(r, 0, 1000)[i];
      ASSERT_EQ(g[i], expected);
    }
    EXPECT_THAT(residual_of(sum), testing::Each(0));
  });
}

TEST(GradientSumSparse, HasFewerElementsThanRanks) {
  for (const int64_t n : {1, 2, 3})
    for (const char* algorithm : {"oktopk", "topka", "topkdsa", "gtopk", "gaussiank", "spardl"}) {
      ExchangeOptions options = sparse(0.4);  // of one or two elements
      options.allreduce = algorithm;
      std::vector<std::vector<double>> balance(5, std::vector<double>(n));
      on_ranks(5, options, {}, n, [&](int rank, GradientSum& sum) {
        for (int64_t step = 0; step < 10; ++step) {
          std::vector<float> g = gradient(rank, step, n);
          for (int64_t i = 0; i < n; ++i) balance[rank][i] += g[i];
          sum.begin(step, 0.1);
          EXPECT_TRUE(sum.finish(g, {}));
          for (int64_t i = 0; rank == 0 && i < n; ++i) balance[rank][i] -= g[i];
        }
        const std::vector<float> left = residual_of(sum);
        for (int64_t i = 0; i < n; ++i) balance[rank][i] -= left[i];
      });
      for (int64_t i = 0; i < n; ++i) {
        double all = 0;
        for (int rank = 0; rank < 5; ++rank) all += balance[rank][i];
        EXPECT_EQ(all, 0) << algorithm << " n=" << n;
      }
    }
}

TEST(GradientSumSparse, FollowsTheDensitySchedule) {
  ExchangeOptions options = sparse(0.01);
  options.dense_steps = 2;
  options.density_warmup_steps = 4;
  options.warmup_density = 0.16;
  options.bucket_mb = 0;
  on_ranks(2, options, {}, 10000, [&](int rank, GradientSum& sum) {
    std::vector<int64_t> ks;
    for (int64_t step = 0; step < 8; ++step) {
      std::vector<float> g = gradient(rank, step, 10000);
      sum.begin(step, 0.1);
      EXPECT_TRUE(sum.finish(g, {}));
      ks.push_back(sum.figures().k);
    }
    EXPECT_THAT(ks, testing::ElementsAre(10000, 10000, 1600, 800, 400, 200, 100, 100));
  });
}

// Plain gradient descent with the learning rate inside or outside of the residual.
std::vector<float> descend(bool inside, bool correction, double lr_after) {
  ExchangeOptions options = sparse(0.1);
  options.lr_correction = correction;
  std::vector<float> weights(500);
  on_ranks(2, options, {.lr_inside = inside}, 500, [&](int rank, GradientSum& sum) {
    std::vector<float> w(500);
    for (int64_t step = 0; step < 30; ++step) {
      const double lr = step < 15 ? 0.25 : lr_after;
      std::vector<float> g = gradient(rank, step, 500);
      if (inside)
        for (float& x : g) x *= static_cast<float>(lr);
      sum.begin(step, lr);
      EXPECT_TRUE(sum.finish(g, {}));
      for (int64_t i = 0; i < 500; ++i) w[i] -= inside ? g[i] : static_cast<float>(lr) * g[i];
    }
    if (rank == 0) weights = w;
  });
  return weights;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  double size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(sum / size);
}

TEST(GradientSumSparse, AgreesOnLearningRatesInsideAndOutside) {
  EXPECT_EQ(descend(true, false, 0.25), descend(false, false, 0.25));  // powers of two: exact
  // After a change they differ, unless the residual is worth what it was.
  EXPECT_GT(distance(descend(true, false, 0.03125), descend(false, false, 0.03125)), 0.01);
  EXPECT_EQ(descend(true, false, 0.03125), descend(false, true, 0.03125));
}

TEST(GradientSumSparse, ClearsMomentumWhereItWasDelivered) {
  constexpr double momentum = 0.5;
  ExchangeOptions options = sparse(0.1);
  options.momentum_correction = true;
  options.bucket_mb = 0;
  on_ranks(1, options, {.momentum = momentum}, 100, [&](int, GradientSum& sum) {
    // By hand: velocity, accumulator, the ten largest leave and forget.
    std::vector<float> velocity(100), residual(100);
    for (int64_t step = 0; step < 10; ++step) {
      std::vector<float> g = gradient(0, step, 100);
      std::vector<float> expected(100);
      std::vector<int> order(100);
      for (int i = 0; i < 100; ++i) {
        velocity[i] = 0.5f * velocity[i] + g[i];
        residual[i] += velocity[i];
      }
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](int a, int b) { return std::abs(residual[a]) > std::abs(residual[b]); });
      for (int i = 0; i < 10; ++i) {
        expected[order[i]] = residual[order[i]];
        residual[order[i]] = velocity[order[i]] = 0;
      }
      sum.begin(step, 0.1);
      EXPECT_TRUE(sum.finish(g, {}));
      ASSERT_EQ(g, expected) << step;
      ASSERT_EQ(residual_of(sum), residual) << step;
    }
  });
}

TEST(GradientSumSparse, ForgetsWithoutErrorFeedback) {
  ExchangeOptions options = sparse(0.1);
  options.error_feedback = false;
  on_ranks(2, options, {}, 100, [&](int rank, GradientSum& sum) {
    std::vector<float> g = gradient(rank, 0, 100);
    sum.begin(0, 0.1);
    EXPECT_TRUE(sum.finish(g, {}));
    EXPECT_THAT(residual_of(sum), testing::Each(0));
  });
}

TEST(GradientSumSparse, MeasuresXi) {
  ExchangeOptions options = sparse(0.1);
  options.xi_every = 2;
  on_ranks(3, options, {}, 1000, [&](int rank, GradientSum& sum) {
    for (int64_t step = 0; step < 4; ++step) {
      std::vector<float> g = gradient(rank, step, 1000);
      sum.begin(step, 0.1);
      EXPECT_TRUE(sum.finish(g, {}));
      const double xi = sum.figures().xi;
      EXPECT_EQ(std::isfinite(xi), step % 2 == 0);
      if (step % 2 == 0) {
        EXPECT_GT(xi, 0);
        EXPECT_LT(xi, 2);
      }
    }
  });
}

}  // namespace
}  // namespace laconic::comm::test
