// The density falls geometrically over the first 40 % of a short run, from where its sum over the
// run is 1.6.
#include "comm/gradient/density.hpp"

#include <gtest/gtest.h>

namespace laconic::comm::test {
namespace {

double summed(const DensitySchedule& density, int64_t steps) {
  double sum = 0;
  for (int64_t step = 0; step < steps; ++step) sum += density.at(step);
  return sum;
}

DensityOptions options(double density) {
  DensityOptions options;
  options.density = density;
  return options;
}

TEST(Density, OfAShortRunSumsToOnePointSix) {
  for (const int64_t steps : {20, 50, 60, 75, 100, 159})
    for (const double density : {0.001, 0.005, 0.01}) {
      const DensitySchedule schedule(options(density), steps);
      EXPECT_NEAR(summed(schedule, steps), 1.6, 1e-9) << steps << " " << density;
      EXPECT_NEAR(schedule.sends(steps), 1.6, 1e-9);
      EXPECT_EQ(schedule.steps_until_steady(), steps * 2 / 5);
      EXPECT_EQ(schedule.at(steps * 2 / 5), density);
      EXPECT_GT(schedule.at(steps * 2 / 5 - 1), density);
      // Geometrically: neighbours have one ratio.
      EXPECT_NEAR(schedule.at(1) / schedule.at(0), schedule.at(3) / schedule.at(2), 1e-12);
    }
}

TEST(Density, OfALongRunIsTheSameFromTheStart) {
  for (const int64_t steps : {160, 161, 1000, 1'000'000}) {
    const DensitySchedule schedule(options(0.01), steps);
    EXPECT_EQ(schedule.at(0), 0.01) << steps;
    EXPECT_EQ(schedule.warmup_steps(), 0);
    EXPECT_NEAR(schedule.sends(steps), 0.01 * static_cast<double>(steps), 1e-6);
  }
}

TEST(Density, StartsAtOneWhereARunIsTooShort) {
  const DensitySchedule schedule(options(0.001), 3);
  EXPECT_EQ(schedule.at(0), 1);  // 1 + 2 * 0.001: 1.6 is out of reach
  EXPECT_EQ(schedule.at(1), 0.001);
  EXPECT_EQ(DensitySchedule(options(0.01), 0).at(0), 0.01);  // the steps are not known
  EXPECT_EQ(DensitySchedule(options(1), 5).at(0), 1);
}

TEST(Density, IsConstantWhereTheWarmupIsSwitchedOff) {
  DensityOptions off = options(0.01);
  off.warmup_steps = 0;
  const DensitySchedule schedule(off, 60);
  for (const int64_t step : {0, 1, 59}) EXPECT_EQ(schedule.at(step), 0.01);
  EXPECT_NEAR(schedule.sends(60), 0.6, 1e-12);
}

TEST(Density, FollowsNumbersThatAreGiven) {
  DensityOptions given = options(0.01);
  given.warmup_steps = 10;
  const DensitySchedule automatic(given, 60);
  EXPECT_EQ(automatic.steps_until_steady(), 10);
  EXPECT_NEAR(summed(automatic, 60), 1.6, 1e-9);
  given.warmup_density = 0.25;
  EXPECT_EQ(DensitySchedule(given, 60).at(0), 0.25);
  given.dense_steps = 2;
  const DensitySchedule both(given, 60);
  EXPECT_EQ(both.at(1), 1);
  EXPECT_EQ(both.at(2), 0.25);
  EXPECT_EQ(both.at(12), 0.01);
  EXPECT_NEAR(both.sends(60), summed(both, 60), 1e-9);
}

TEST(Density, CountsDenseStepsAsSends) {
  DensityOptions dense = options(0.01);
  dense.dense_steps = 2;
  EXPECT_EQ(DensitySchedule(dense, 60).at(2), 0.01);  // 2 >= 1.6
  dense.dense_steps = 1;
  const DensitySchedule schedule(dense, 60);
  EXPECT_NEAR(summed(schedule, 60), 1.6, 1e-9);
  EXPECT_EQ(schedule.steps_until_steady(), 24);
}

}  // namespace
}  // namespace laconic::comm::test
