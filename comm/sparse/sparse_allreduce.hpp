// The interface of a sparse allreduce. Each rank selects elements from one bucket of its
// accumulator, and the object sums them over the ranks of a communicator. It reads the accumulator
// and writes its own state only. Its result contains the changes of the residual. ErrorFeedback
// commits them after the step's agreement (gradient/feedback.hpp).
//
// Ownership: one object per bucket and rank.
#pragma once

#include <cstdint>
#include <string>

#include "comm/base/communicator.hpp"
#include "comm/sparse/pair_message.hpp"
#include "framework/device/state.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

struct SparseSum {
  bool finite = true;           // false: this rank's accumulator is not; it contributed no pairs
  ops::SparseVector sum;        // sum over the ranks, with the same bits on all of them
  ops::SparseVector delivered;  // (index, value): leaves this rank's accumulator
  ops::SparseVector returned;   // (index, value): was dropped on the way; this rank keeps it
  // residual' = accumulator - delivered + returned. Over all ranks, per index:
  // sum of accumulators = sum + sum of residuals'.
  int64_t selected = 0;  // pairs that this rank selected
  void clear() {
    finite = true;
    sum.clear();
    delivered.clear();
    returned.clear();
    selected = 0;
  }
};

class SparseAllreduce {
 public:
  SparseAllreduce(const Context& context, const PairFormat& format)
      : context_(context), format_(format) {}
  virtual ~SparseAllreduce() = default;

  // Selects and sums. Collective: all ranks pass the same length and k, 0 <= k <= length. Indices
  // are relative to the bucket, which has fewer than 2^31 elements. A rank whose accumulator is not
  // finite contributes no pairs, and the step's agreement must drop the result. k = 0 sends
  // nothing.
  // Allocates only when there are more pairs than ever before.
  void sum(Communicator& communicator, const ops::Accumulator& accumulator, int64_t k,
           SparseSum& result);

  // Selects pairs: the first half of sum(), for callers that time the halves separately. The
  // default is the exact top-k.
  virtual ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                               ops::SparseVector& selected);
  // Sums the selected pairs of a bucket of `length` elements: the second half of sum().
  virtual void sum_pairs(Communicator& communicator, const ops::SparseVector& selected,
                         int64_t length, int64_t k, SparseSum& result) = 0;

  // Lists the state that the next sum depends on: thresholds, regions, counters.
  virtual void visit_state(StateList&, const std::string& /*prefix*/) {}

 protected:
  // Writes `pairs` to `sent`, with the values that a receiver will read.
  void round(const ops::SparseVector& pairs, ops::SparseVector& sent) const;

  const Context context_;
  const PairFormat format_;
  ops::SelectScratch scratch_;

 private:
  ops::SparseVector selected_;
};

}  // namespace laconic::comm
