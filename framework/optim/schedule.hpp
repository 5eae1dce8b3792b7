// The learning rate over time.
#pragma once

#include "framework/config/field.hpp"

namespace laconic::optim {

enum class Curve { constant, step, cosine, linear, stages };

struct ScheduleOptions {
  Curve kind = Curve::constant;
  int64_t warmup_steps = 0;
  int64_t step_every = 30;  // epochs
  double factor = 0.1;
  double final_ratio = 0;
  double first_stage = 0.1;  // share of the run
  void describe(config::Fields& f);
};

// Returns the multiplier of optimizer.lr at `step` (from 0) of a run of total_steps.
double schedule(const ScheduleOptions& options, int64_t step, int64_t steps_per_epoch,
                int64_t total_steps);

}  // namespace laconic::optim
