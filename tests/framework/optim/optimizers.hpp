// Options of an optimizer in a line.
#pragma once

#include "framework/optim/adam.hpp"
#include "framework/optim/optimizer.hpp"
#include "framework/optim/sgd.hpp"

namespace laconic::optim::test {

inline OptimizerOptions with(const char* rule, double lr = 0.01) {
  OptimizerOptions options;
  options.kind.select(rule);
  options.lr = lr;
  return options;
}

inline OptimizerOptions sgd(double lr = 0.01, double momentum = 0.9, bool nesterov = false) {
  OptimizerOptions options = with("sgd", lr);
  options.kind.as<SgdOptions>().momentum = momentum;
  options.kind.as<SgdOptions>().nesterov = nesterov;
  return options;
}

}  // namespace laconic::optim::test
