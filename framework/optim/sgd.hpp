// Stochastic gradient descent with momentum:
//
//   v = momentum v + g + wd w;  w -= lr (nesterov ? g + wd w + momentum v : v)
//
// Without momentum it has no state.
#pragma once

#include "framework/config/field.hpp"

namespace laconic::optim {

struct SgdOptions : config::Options {
  double momentum = 0.9;
  bool nesterov = false;
  void describe(config::Fields& f) override;
};

}  // namespace laconic::optim
