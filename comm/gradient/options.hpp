// The keys of the group `comm` that the sum of a gradient reads (sum.hpp), beside those of
// its exchange and of the chosen allreduce.
#pragma once

#include "framework/config/field.hpp"

namespace laconic::comm {

// How many elements of the gradient a sparse sum selects.
struct DensityOptions {
  double density = 0.01;
  bool auto_dense = true;
  int64_t dense_steps = 0;
  static constexpr int64_t automatic_steps = -1;
  int64_t warmup_steps = automatic_steps;
  double warmup_density = 0;  // 0: automatic
  void describe(config::Fields& f);
};

// What happens to the elements that a sparse sum does not deliver.
struct FeedbackOptions {
  enum class ResidualLr { automatic, inside, outside };
  ResidualLr residual_lr = ResidualLr::automatic;
  bool lr_correction = false;
  bool momentum_correction = false;
  bool error_feedback = true;
  void describe(config::Fields& f);
};

struct GradientOptions : config::Options {
  double bucket_mb = 4;  // 0: the whole gradient at once
  DensityOptions density = {};
  FeedbackOptions feedback = {};
  int64_t xi_every = 0;  // steps
  void describe(config::Fields& f) override;
};

}  // namespace laconic::comm
