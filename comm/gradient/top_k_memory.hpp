// Top-k with memory (Stich, Cordonnier, Jaggi: "Sparsified SGD with memory", NeurIPS 2018):
//
//   u = update + e;   s = the k largest of u in each region, as a receiver reads them;   e <- u - s
//
// Unlike a SparseAllreduce it sends nothing. With all elements as float32 pairs e stays zero.
#pragma once

#include <span>
#include <vector>

#include "comm/sparse/pair_message.hpp"
#include "framework/base/context.hpp"

namespace laconic::comm {

class TopKMemory {
 public:
  // Regions of these sizes lie one behind the other, each with k = max(1, floor(density * size)).
  TopKMemory(const Context& context, std::span<const int64_t> sizes, double density,
             const PairFormat& format);

  int64_t pairs() const { return pairs_; }  // k of all regions together
  // Replaces `s`, whose indices are those of `update`, and e. Returns false if u is not finite; then
  // e is unchanged, and s is lost. Of equal magnitudes the lowest index is kept; zeros never are.
  bool compress(std::span<const float> update, std::span<float> e, ops::SparseVector& s);

 private:
  struct Region {
    int64_t begin, size, k;
  };
  const Context context_;
  const PairFormat format_;
  std::vector<Region> regions_;
  int64_t pairs_ = 0;
  ops::SelectScratch scratch_;
  ops::SparseVector kept_;  // of one region
};

}  // namespace laconic::comm
