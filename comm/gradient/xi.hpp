// Measures xi of a step: the distance between the sum of the ranks' selections and the selection of
// the whole sum, relative to the gradient. The convergence proof of Ok-Topk (Li and Hoefler 2022,
// assumption 1) needs that it stays bounded.
//
//   xi = | top_k(sum of accumulators) - u | / | sum of gradients |
//
// u is the step's result. Xi is for reports only, since it sums two whole vectors densely.
#pragma once

#include <memory>
#include <vector>

#include "comm/exchange/exchange.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

class Xi {
 public:
  Xi(Exchange& exchange, const Context& context, int64_t elements);
  // Adds one bucket: this rank's accumulator and gradient, and the step's result.
  void add(int64_t begin, const ops::Accumulator& accumulator, const ops::SparseVector& result);
  // Returns xi after all buckets were added; NaN where the gradient is zero. Collective.
  double measure(int64_t k);

 private:
  Exchange& exchange_;
  const Context context_;
  std::vector<float> accumulators_, gradients_;
  ops::SparseVector result_, wanted_;
  ops::SelectScratch scratch_;
};

}  // namespace laconic::comm
