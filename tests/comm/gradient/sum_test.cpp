// The gradient sum of a sparse method on threads: what enters the residual and what leaves it.
#include <gmock/gmock.h>

#include <numeric>

#include "tests/comm/gradient/sum_fixture.hpp"

namespace laconic::comm::test {
namespace {

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
      const std::span<double> beside[] = {{&figure, 1}};
      EXPECT_TRUE(sum.finish(g, beside));
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
  SumOptions options = sparse(0.6);
  options.gradient.bucket_mb = 0.0008;
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

TEST(GradientSumSparse, SharesTheBudgetByWhereTheLargeOnesAre) {
  // Five buckets of 200; all that is large lies in the second.
  on_ranks(
      2,
      [] {
        auto o = sparse(0.1);
        o.gradient.bucket_mb = 0.0008;
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
      SumOptions options = sparse(0.4);  // of one or two elements
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
  SumOptions options = sparse(0.01);
  options.gradient.density.dense_steps = 2;
  options.gradient.density.warmup_steps = 4;
  options.gradient.density.warmup_density = 0.16;
  options.gradient.bucket_mb = 0;
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
  SumOptions options = sparse(0.1);
  options.gradient.feedback.lr_correction = correction;
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
  SumOptions options = sparse(0.1);
  options.gradient.feedback.momentum_correction = true;
  options.gradient.bucket_mb = 0;
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
  SumOptions options = sparse(0.1);
  options.gradient.feedback.error_feedback = false;
  on_ranks(2, options, {}, 100, [&](int rank, GradientSum& sum) {
    std::vector<float> g = gradient(rank, 0, 100);
    sum.begin(0, 0.1);
    EXPECT_TRUE(sum.finish(g, {}));
    EXPECT_THAT(residual_of(sum), testing::Each(0));
  });
}

TEST(GradientSumSparse, MeasuresXi) {
  SumOptions options = sparse(0.1);
  options.gradient.xi_every = 2;
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
