// What every sparse allreduce is: an object that sums, over the ranks of a communicator, what each
// of them selects of one bucket of its accumulator. It reads the accumulator and writes nothing but
// its own state; what is to become of the residual it says in its result, for the one commit after
// the step's agreement (error_feedback.hpp). There is one object a bucket and a rank.
#pragma once

#include <cstdint>
#include <string>

#include "comm/communicator.hpp"
#include "framework/base/state.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

struct SparseSum {
  bool finite = true;           // this rank's accumulator; where not, it contributed nothing
  ops::SparseVector sum;        // over the ranks: the same bits on all of them
  ops::SparseVector delivered;  // (index, value): left this rank's accumulator for good
  ops::SparseVector returned;   // (index, value): was lost on the way, and this rank must keep it
  // residual' = accumulator - delivered + returned. Over all ranks, per index:
  // sum of accumulators = sum + sum of residuals'.
  int64_t selected = 0;  // pairs this rank selected
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
  virtual ~SparseAllreduce() = default;

  // Collective: same length and k >= 0 everywhere. Indices are relative to the bucket, which has
  // fewer than 2^31 elements. Where any rank is not finite, the sum of the others is given, and the
  // step's agreement must drop it. Allocates only where it meets more pairs than ever before.
  virtual void sum(Communicator& communicator, const ops::Accumulator& accumulator, int64_t k,
                   SparseSum& result) = 0;

  // Thresholds, regions, counters: what the next sum depends on.
  virtual void visit_state(StateList&, const std::string& /*prefix*/) {}
};

}  // namespace laconic::comm
