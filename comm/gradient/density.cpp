#include "comm/gradient/density.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::comm {
namespace {

int64_t warmup_of(const DensityOptions& options, int64_t steps) {
  if (options.warmup_steps != DensityOptions::automatic_steps) return options.warmup_steps;
  const auto part =
      static_cast<int64_t>(DensitySchedule::warmup_share * static_cast<double>(steps));
  return std::max<int64_t>(0, part - options.dense_steps);
}

}  // namespace

DensitySchedule::DensitySchedule(const DensityOptions& options, int64_t steps)
    : density_(options.density),
      dense_steps_(options.dense_steps),
      warmup_steps_(warmup_of(options, steps)),
      start_(options.warmup_density > 0 ? std::max(options.warmup_density, density_)
                                        : automatic_start(std::max(steps, steps_until_steady()))) {
  if (start_ == density_) warmup_steps_ = 0;
}

double DensitySchedule::at(int64_t steps) const {
  if (steps < dense_steps_) return 1;
  const int64_t warm = steps - dense_steps_;
  if (warm >= warmup_steps_) return density_;
  const double progress = static_cast<double>(warm) / static_cast<double>(warmup_steps_);
  return start_ * std::pow(density_ / start_, progress);
}

double DensitySchedule::sends(int64_t steps, double start) const {
  const auto falling = static_cast<double>(warmup_steps_);
  const double constant = static_cast<double>(steps - steps_until_steady()) * density_;
  const double all = static_cast<double>(dense_steps_) + constant;
  if (start == density_ || warmup_steps_ == 0) return all + falling * density_;
  // A geometric series with the ratio (density / start)^(1 / falling).
  return all + (start - density_) / -std::expm1(std::log(density_ / start) / falling);
}

double DensitySchedule::automatic_start(int64_t steps) const {
  const double wanted = std::max(least_sends, density_ * static_cast<double>(steps));
  double low = density_, high = 1;
  constexpr double rounding = 1e-12;
  if (warmup_steps_ == 0 || sends(steps, low) >= (1 - rounding) * wanted) return low;
  if (sends(steps, high) <= wanted) return high;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (low + high) / 2;
    (sends(steps, middle) < wanted ? low : high) = middle;
  }
  return high;
}

}  // namespace laconic::comm
