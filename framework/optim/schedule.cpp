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
            {"linear", Curve::linear}},
           "how optimizer.lr changes over the run")
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
}

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
  if (step < options.warmup_steps)
    rate *= static_cast<double>(step + 1) / static_cast<double>(options.warmup_steps);
  return rate;
}

}  // namespace laconic::optim
