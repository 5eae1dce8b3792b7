#include "comm/sparse/sparse_allreduce.hpp"

#include <limits>

#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {

void SparseAllreduce::sum(Communicator& communicator, const ops::Accumulator& accumulator,
                          int64_t k, SparseSum& result) {
  const int64_t length = accumulator.size();
  LACONIC_CHECK(k >= 0 && k <= length, "k = {} of {} elements", k, length);
  if (length > std::numeric_limits<int32_t>::max())
    fail(ExitCode::config,
         "a bucket of {} elements: sparse allreduces index with 31 bits, set comm.bucket_mb",
         length);
  result.clear();
  if (k == 0) return;
  result.finite = select(accumulator, k, communicator.size(), selected_).finite;
  result.selected = selected_.size();
  sum_pairs(communicator, selected_, length, k, result);
  // The sum of finite values may be infinite.
  for (const float value : result.sum.values)
    result.finite &= ops::magnitude_bits(value) < ops::infinite_magnitude;
}

ops::Selected SparseAllreduce::select(const ops::Accumulator& accumulator, int64_t k, int,
                                      ops::SparseVector& selected) {
  return ops::top_k(context_, accumulator, k, scratch_, selected);
}

void SparseAllreduce::round(const ops::SparseVector& pairs, ops::SparseVector& sent) const {
  make_room(sent.indices, pairs.size());
  make_room(sent.values, pairs.size());
  sent.indices.assign(pairs.indices.begin(), pairs.indices.end());
  sent.values.resize(pairs.size());
  for (int64_t i = 0; i < pairs.size(); ++i) sent.values[i] = format_.rounded(pairs.values[i]);
}

}  // namespace laconic::comm
