// The keys of the outer optimizer: the step that all ranks take with the mean of what each of them
// has changed by itself, the outer gradient. It is SGD with momentum.
#pragma once

#include "framework/config/field.hpp"
#include "framework/optim/optimizer.hpp"

namespace laconic {

struct OuterOptions {
  double lr = 1;
  double momentum = 0;
  bool nesterov = false;
  void describe(config::Fields& f);

  // Returns whether the step leads to the mean of the ranks' parameters.
  bool is_averaging() const { return lr == 1 && momentum == 0; }
  optim::OptimizerOptions optimizer() const;
};

}  // namespace laconic
