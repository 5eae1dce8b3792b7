// Problems in closed form: gradients are those of finite differences, minima are minima, and the mean of
// a client's samples is its function.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "framework/base/random.hpp"
#include "models/problems/logistic.hpp"
#include "models/problems/quadratic.hpp"

namespace laconic::models {
namespace {

std::vector<double> point(int64_t dimension, uint64_t seed) {
  std::vector<double> x(dimension);
  for (int64_t j = 0; j < dimension; ++j) x[j] = Random(seed, Stream::test).normal(j);
  return x;
}

void expect_gradient(Oracle<double>& oracle, const std::vector<int32_t>& samples,
                     double error = 1e-6) {
  const std::vector<double> x = point(oracle.dimension(), 3);
  std::vector<double> g(x.size(), 1.0);  // it is added to
  EXPECT_DOUBLE_EQ(oracle.gradient(x, samples, 2.0, g), oracle.value(x, samples));
  for (size_t j = 0; j < x.size(); ++j) {
    std::vector<double> more = x, less = x;
    more[j] += 1e-4;
    less[j] -= 1e-4;
    const double slope = (oracle.value(more, samples) - oracle.value(less, samples)) / 2e-4;
    EXPECT_NEAR(g[j] - 1, 2 * slope, error * (1 + std::abs(slope))) << j;
  }
}

Federation<double> random_quadratics(double noise) {
  QuadraticOptions options;
  options.differences = QuadraticOptions::Differences::random;
  options.samples = 5;
  options.noise = noise;
  return quadratic(options, 4, 1);
}

TEST(AQuadratic, HasTheGradientOfFiniteDifferences) {
  const auto federation = random_quadratics(2);
  expect_gradient(*federation.oracle, {1, 6, 6, 19});
}

TEST(AQuadratic, HasAMinimum) {
  const auto federation = random_quadratics(2);
  std::vector<int32_t> all(20);
  std::iota(all.begin(), all.end(), 0);
  std::vector<double> x(8), g(8);
  for (int step = 0; step < 6000; ++step) {
    std::ranges::fill(g, 0.0);
    federation.oracle->gradient(x, all, 1.0 / 20, g);
    for (size_t j = 0; j < 8; ++j) x[j] -= g[j] / 130;
  }
  EXPECT_NEAR(federation.oracle->value(x, all) / 20, *federation.minimum,
              1e-9 * *federation.minimum);
  EXPECT_GT(federation.oracle->value(point(8, 1), all) / 20, *federation.minimum);
}

TEST(AQuadratic, HasNoiseThatSumsToZeroOverAClient) {
  const auto noisy = random_quadratics(2), plain = random_quadratics(0);
  const std::vector<double> x = point(8, 2);
  for (const auto& samples : noisy.samples) {
    const double value = plain.oracle->value(x, samples);
    EXPECT_NEAR(noisy.oracle->value(x, samples), value, 1e-10 * value);
    const std::vector<int32_t> one(5, samples[0]);
    EXPECT_GT(std::abs(noisy.oracle->value(x, one) - value), 1e-3);
  }
}

TEST(LogisticRegression, HasTheGradientOfFiniteDifferences) {
  const auto oracle = logistic({.starts = {0, 2, 2, 5, 6},
                                .columns = {0, 2, 0, 1, 2, 1},
                                .values = {1, -2, 0.5, 3, 1, 2},
                                .labels = {1, -1, -1, 1},
                                .dimension = 3},
                               0.1);
  expect_gradient(*oracle, {0, 1, 2, 3, 3});
}

TEST(LogisticRegression, IsFiniteFarFromTheOrigin) {
  const auto oracle = logistic(
      {.starts = {0, 1, 2}, .columns = {0, 0}, .values = {1, 1}, .labels = {1, -1}, .dimension = 1},
      0);
  const std::vector<int32_t> both{0, 1};
  std::vector<double> g(1);
  EXPECT_DOUBLE_EQ(oracle->gradient(std::vector<double>{1e4}, both, 1.0, g), 1e4);
  EXPECT_DOUBLE_EQ(g[0], 1);
}

}  // namespace
}  // namespace laconic::models
