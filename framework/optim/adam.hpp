// Adam (Kingma and Ba, arXiv 1412.6980) and AdamW (Loshchilov and Hutter, arXiv 1711.05101), with
// bias-corrected moments.
//
//   adam   L2: g += wd w          adamw   w -= lr wd w
#pragma once

#include "framework/config/field.hpp"

namespace laconic::optim {

struct AdamOptions : config::Options {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  void describe(config::Fields& f) override;
};

}  // namespace laconic::optim
