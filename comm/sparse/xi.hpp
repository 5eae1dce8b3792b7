// xi of a step: how far the sum of the ranks' selections is from the selection of their whole sum,
// relative to the gradient. The convergence proof of Ok-Topk (Li and Hoefler 2022, assumption 1)
// asks that it stays bounded.
//
//   xi = | top_k(sum of accumulators) - u | / | sum of gradients |
//
// For reports: it sums two whole vectors densely to know.
#pragma once

#include <memory>
#include <vector>

#include "comm/exchange.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

class Xi {
 public:
  Xi(Exchange& exchange, const Context& context, int64_t elements);
  // Takes one bucket's accumulator and gradient of this rank, and the step's result there.
  void add(int64_t begin, const ops::Accumulator& accumulator, const ops::SparseVector& result);
  // Collective, after all buckets. NaN where the gradient is zero.
  double measure(int64_t k);

 private:
  Exchange& exchange_;
  const Context context_;
  std::vector<float> accumulators_, gradients_;
  ops::SparseVector result_, wanted_;
  ops::SelectScratch scratch_;
};

}  // namespace laconic::comm
