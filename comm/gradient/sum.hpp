// Sums a gradient over all ranks in each step. It decides when each bucket is sent and how many
// elements a sparse method may send, and commits the result. Buckets are equal cuts of the flat
// gradient, which becomes final from the front. Each bucket is sent as soon as it is final. With a
// sparse method every rank keeps the undelivered values (feedback.hpp).
//
//   sum.allocate();
//   sum.begin(step, lr);
//   ... backward: sum.ready(gradient, end) whenever elements [0, end) became final ...
//   if (sum.finish(gradient, beside)) optimizer: gradient holds the sum over ranks
#pragma once

#include <memory>
#include <vector>

#include "comm/exchange/exchange.hpp"
#include "comm/gradient/feedback.hpp"
#include "comm/gradient/options.hpp"
#include "comm/gradient/shares.hpp"

namespace laconic::comm {

// The parts of the optimizer that come before the exchange.
struct FeedbackSettings {
  bool lr_inside = false;  // gradients are already multiplied by the learning rate
  double momentum = 0;     // > 0: momentum correction with this momentum
};

struct SparseFigures {   // values of the last step on this rank
  int64_t k = 0;         // pairs asked for
  int64_t selected = 0;  // pairs that this rank selected
  int64_t kept = 0;      // pairs in the result
  int64_t dense_buckets = 0;
  double xi = 0;  // see xi.hpp; NaN where it was not measured
};

class GradientSum {
 public:
  // `elements`: the length of the whole gradient. The constructor exchanges nothing. Residual and
  // velocity have no memory yet, but visit_state() lists them.
  // Lifetime: `exchange` must outlive this object.
  GradientSum(Exchange& exchange, const Context& context, const GradientOptions& options,
              const FeedbackSettings& feedback, int64_t elements);
  ~GradientSum();

  bool is_sparse() const;
  // Allocates the memory, unless reading a checkpoint did, and compares options and lengths between
  // ranks. `steps`: of the whole run, over which the density falls; 0: not known. Collective. Call
  // it before the first begin().
  // Error(environment) on all ranks if options or lengths differ.
  void allocate(int64_t steps = 0);
  // Begins the step after `steps` completed steps. `lr` is its learning rate.
  void begin(int64_t steps, double lr);
  // Sends the buckets within [0, end) of `gradient`, whose elements there are final. The caller
  // must not touch them until finish(). `gradient` has all elements.
  void ready(std::span<float> gradient, int64_t end);
  // Waits for the sum, and sums the numbers of `beside` over the ranks with it, in place.
  // Collective. Returns true if `gradient` is the sum. Returns false if, on some rank, a number of
  // `beside` was not finite, or a gradient on which residuals depend was not. Then `gradient` is
  // lost, and nothing else changes on any rank. If all buckets are dense, the values of the sum are
  // not checked. The caller checks them; they are the same on all ranks.
  bool finish(std::span<float> gradient, std::span<const std::span<double>> beside);

  SparseFigures figures() const;
  void visit_state(StateList& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace laconic::comm
