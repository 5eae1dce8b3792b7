#include "framework/checkpoint/interval.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace laconic {
namespace {

// The expected time a unit of work takes where failures come at random (Daly 2006, equation 20,
// with nothing to restart).
double expected_time(double interval, double write_s, double mtbf_s) {
  return mtbf_s * std::expm1((interval + write_s) / mtbf_s) / interval;
}

TEST(BestInterval, LosesHardlyMoreThanTheBestOfAll) {
  for (const double mtbf : {600.0, 86400.0, 7 * 86400.0})
    for (const double write : {0.01, 1.0, 30.0, 120.0}) {
      double best = INFINITY;
      for (double t = write / 100; t < 10 * mtbf; t *= 1.01)
        best = std::min(best, expected_time(t, write, mtbf));
      EXPECT_LT(expected_time(best_interval(write, mtbf), write, mtbf), 1.002 * best)
          << write << " " << mtbf;
    }
}

TEST(BestInterval, IsYoungsWhereWritingTakesLittle) {
  EXPECT_NEAR(best_interval(0.5, 86400) / std::sqrt(2 * 0.5 * 86400), 1, 0.01);
}

TEST(BestInterval, IsTheTimeBetweenFailuresWhereWritingTakesLonger) {
  EXPECT_EQ(best_interval(100, 40), 40);
}

TEST(CheckpointClock, AsksWhenTheIntervalOfTheSlowestWriteHasPassed) {
  CheckpointClock clock(86400, 0.5, 1000);
  const double expected = clock.interval();
  EXPECT_EQ(expected, best_interval(0.5, 86400));
  EXPECT_FALSE(clock.due(1000 + expected - 1));
  EXPECT_TRUE(clock.due(1000 + expected + 1));

  clock.begun(2000);
  clock.done(2004);  // the measured time replaces the expected one
  EXPECT_EQ(clock.write_s(), 4);
  EXPECT_FALSE(clock.due(2000 + clock.interval() - 1));
  clock.begun(3000);
  clock.done(3001);
  EXPECT_EQ(clock.write_s(), 4);
  EXPECT_TRUE(clock.due(3000 + clock.interval() + 1));
}

TEST(CheckpointClock, NeverAsksWhereNothingFails) {
  EXPECT_FALSE(CheckpointClock(0, 0.5, 0).due(1e9));
}

}  // namespace
}  // namespace laconic
