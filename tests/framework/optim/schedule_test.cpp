// Learning rates over a run: the ends, the middle and the warm-up of every schedule.
#include "framework/optim/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace laconic::optim {
namespace {

constexpr int64_t epoch = 10, total = 100;

double at(const ScheduleOptions& options, int64_t step) {
  return schedule(options, step, epoch, total);
}

TEST(TheSchedule, ConstantStaysOne) {
  for (const int64_t step : {0, 50, 99}) EXPECT_EQ(at({.kind = Curve::constant}, step), 1);
}

TEST(TheSchedule, StepMultipliesEverySoManyEpochs) {
  const ScheduleOptions options{.kind = Curve::step, .step_every = 3, .factor = 0.5};
  EXPECT_EQ(at(options, 0), 1);
  EXPECT_EQ(at(options, 29), 1);
  EXPECT_EQ(at(options, 30), 0.5);
  EXPECT_EQ(at(options, 60), 0.25);
}

TEST(TheSchedule, StagesDoubleInLengthAndHalveTheRate) {
  const ScheduleOptions options{.kind = Curve::stages, .first_stage = 0.1};
  EXPECT_EQ(at(options, 0), 1);
  EXPECT_EQ(at(options, 9), 1);
  EXPECT_EQ(at(options, 10), 0.5);
  EXPECT_EQ(at(options, 29), 0.5);
  EXPECT_EQ(at(options, 31), 0.25);
  EXPECT_EQ(at(options, 71), 0.125);
}

TEST(TheSchedule, LinearAndCosineEndAtTheFinalRatioAndPassItsMean) {
  for (const Curve kind : {Curve::linear, Curve::cosine}) {
    const ScheduleOptions options{.kind = kind, .final_ratio = 0.2};
    EXPECT_DOUBLE_EQ(at(options, 0), 1) << static_cast<int>(kind);
    EXPECT_DOUBLE_EQ(at(options, total / 2), 0.6) << static_cast<int>(kind);
    EXPECT_NEAR(at(options, total), 0.2, 1e-12) << static_cast<int>(kind);
    EXPECT_NEAR(at(options, 10 * total), 0.2, 1e-12)
        << static_cast<int>(kind);  // a resumed run may be longer than planned
    for (int64_t step = 0; step < total; ++step)
      EXPECT_GE(at(options, step), at(options, step + 1));
  }
  EXPECT_DOUBLE_EQ(at({.kind = Curve::cosine}, 25), 0.5 * (1 + std::cos(std::acos(-1.0) / 4)));
}

TEST(TheSchedule, WarmsUpLinearlyFromTheFirstStep) {
  for (const Curve kind : {Curve::constant, Curve::linear, Curve::cosine}) {
    const ScheduleOptions options{.kind = kind, .warmup_steps = 8};
    for (int64_t step = 0; step < 8; ++step)
      EXPECT_DOUBLE_EQ(at(options, step), static_cast<double>(step + 1) / 8)
          << static_cast<int>(kind);
    EXPECT_DOUBLE_EQ(at(options, 8), 1) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace laconic::optim
