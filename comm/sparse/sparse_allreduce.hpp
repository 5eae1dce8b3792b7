// What every sparse allreduce is: an object that sums, over the ranks of a communicator, what each
// of them selects of one bucket of its accumulator. It reads the accumulator and writes nothing but
// its own state; what is to become of the residual it says in its result, for the one commit after
// the step's agreement (error_feedback.hpp). There is one object a bucket and a rank.
#pragma once

#include <cstdint>
#include <string>

#include "comm/communicator.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_message.hpp"
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
  SparseAllreduce(const Context& context, const SparseOptions& options)
      : context_(context), options_(options), format_{options.codec(), options.type()} {}
  virtual ~SparseAllreduce() = default;

  // Collective: same length and k on all ranks, 0 <= k <= length. Indices are relative to the
  // bucket, which has fewer than 2^31 elements. Where a rank is not finite it takes part with
  // nothing, and the step's agreement must drop the result. Allocates only where it meets more
  // pairs than ever before. k = 0 sends nothing.
  void sum(Communicator& communicator, const ops::Accumulator& accumulator, int64_t k,
           SparseSum& result);

  // The two halves of sum(), for who wants to time them apart. What this rank selects: exact top-k,
  // unless a method has another idea.
  virtual ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                               ops::SparseVector& selected);
  // Sums pairs that were selected, of a bucket of `length` elements.
  virtual void sum_pairs(Communicator& communicator, const ops::SparseVector& selected,
                         int64_t length, int64_t k, SparseSum& result) = 0;

  // Thresholds, regions, counters: what the next sum depends on.
  virtual void visit_state(StateList&, const std::string& /*prefix*/) {}

 protected:
  // Writes what a receiver will read of `pairs` into `sent`.
  void round(const ops::SparseVector& pairs, ops::SparseVector& sent) const;

  const Context context_;
  const SparseOptions options_;
  const PairFormat format_;
  ops::SelectScratch scratch_;

 private:
  ops::SparseVector selected_;
};

}  // namespace laconic::comm
