#include "framework/optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace laconic::optim {

void ScheduleOptions::describe(config::Fields& f) {
  f.choice("kind", kind,
           {{"constant", Curve::constant},
            {"step", Curve::step},
            {"cosine", Curve::cosine},
            {"linear", Curve::linear},
            {"stages", Curve::stages}},
           "how optimizer.lr changes over the run; stages = each stage is twice as long as the one "
           "before, and has half its rate")
      .also_called({"lr_scheduler", "scheduler", "lr_schedule"});
  f.integer("warmup_steps", warmup_steps,
            {.min = 0, .help = "linear rise from 0 at the start", .unit = "steps"})
      .also_called({"warmup"});
  f.integer("step_every", step_every,
            {.min = 1, .help = "interval of a decrease", .unit = "epochs"})
      .only_when("kind", {"step"});
  f.real("factor", factor,
         {.min = 0, .max = 1, .help = "what a decrease multiplies by", .unit = ""})
      .only_when("kind", {"step"});
  f.real("final_ratio", final_ratio,
         {.min = 0, .max = 1, .help = "lr at the end, relative to optimizer.lr", .unit = ""})
      .only_when("kind", {"cosine", "linear"});
  f.real("first_stage", first_stage,
         {.min = 0,
          .max = 1,
          .exclusive_min = true,
          .help = "length of the first stage, relative to the run"})
      .only_when("kind", {"stages"});
}

namespace {

// Returns the factor of the stage that `progress` (a share of the run) lies in.
double stage_rate(double first_stage, double progress) {
  double rate = 1;
  for (double length = first_stage, end = length; progress >= end && rate > 1e-300; end += length) {
    length *= 2;
    rate /= 2;
  }
  return rate;
}

}  // namespace

double schedule(const ScheduleOptions& options, int64_t step, int64_t steps_per_epoch,
                int64_t total_steps) {
  double rate = 1;
  const auto after = static_cast<double>(std::max<int64_t>(0, step - options.warmup_steps));
  const auto span = static_cast<double>(std::max<int64_t>(1, total_steps - options.warmup_steps));
  const double progress = std::min(1.0, after / span);
  if (options.kind == Curve::step)
    rate = std::pow(
        options.factor,
        static_cast<double>(step / (std::max<int64_t>(1, steps_per_epoch) * options.step_every)));
  else if (options.kind == Curve::cosine)
    rate = options.final_ratio +
           (1 - options.final_ratio) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  else if (options.kind == Curve::linear)
    rate = 1 - (1 - options.final_ratio) * progress;
  else if (options.kind == Curve::stages)
    rate = stage_rate(options.first_stage, progress);
  if (step < options.warmup_steps)
    rate *= static_cast<double>(step + 1) / static_cast<double>(options.warmup_steps);
  return rate;
}

}  // namespace laconic::optim
