// The sum of one gradient over all ranks, step after step: its buckets, what leaves when, how much
// of it a sparse method may say, and the commit. Buckets are equal cuts of the flat gradient, which
// becomes final from the front; each leaves as soon as it is final. With a sparse method every rank
// keeps what was not delivered (error_feedback.hpp).
//
//   sum.begin(step, lr);
//   ... backward: sum.ready(gradient, end) whenever elements [0, end) became final ...
//   if (sum.finish(gradient, figures)) optimizer: gradient holds the sum over ranks
#pragma once

#include <memory>
#include <vector>

#include "comm/exchange.hpp"
#include "comm/sparse/bucket_shares.hpp"
#include "comm/sparse/error_feedback.hpp"

namespace laconic::comm {

// What of the optimizer moves in front of the exchange.
struct FeedbackSettings {
  bool lr_inside = false;  // gradients arrive multiplied by the learning rate
  double momentum = 0;     // > 0: momentum correction with this momentum
};

struct SparseFigures {   // of the last step, this rank
  int64_t k = 0;         // asked for
  int64_t selected = 0;  // by this rank
  int64_t kept = 0;      // in the result
  int64_t dense_buckets = 0;
  double xi = 0;  // see sparse/xi.hpp; NaN where it was not measured
};

class GradientSum {
 public:
  // Uses `exchange` for its lifetime. elements: of the whole gradient.
  GradientSum(Exchange& exchange, const Context& context, const ExchangeOptions& options,
              const FeedbackSettings& feedback, int64_t elements);
  ~GradientSum();

  bool is_sparse() const;
  // `steps` steps of this run are done, the next one's learning rate is `lr`.
  void begin(int64_t steps, double lr);
  // Elements [0, end) of `gradient`, which has all elements, are final and must not be touched
  // until finish().
  void ready(std::span<float> gradient, int64_t end);
  // Waits for the sum and adds `figures` up over the ranks with it. True: `gradient` is the sum.
  // False: on some rank a figure was not finite, or a gradient on which residuals depend; on no
  // rank did anything change but `gradient`, which is lost. A sum that is dense as a whole leaves
  // its values to the caller to look at: they are the same on all ranks. Collective.
  bool finish(std::span<float> gradient, std::span<double> figures);

  SparseFigures figures() const;
  double residual_norm() const;  // this rank's
  int64_t state_bytes() const;
  void visit_state(StateList& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace laconic::comm
