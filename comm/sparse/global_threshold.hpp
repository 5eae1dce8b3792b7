// Finds the k-th largest magnitude among the pairs of all ranks without sending pairs. Each round
// sums a small histogram of magnitudes over the ranks, on an interval that contains the k-th. Each
// histogram is finer than the one before. The first one is around a guess, so one or two rounds are
// enough. The result does not depend on the guess.
#pragma once

#include <vector>

#include "comm/base/collectives.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

// Magnitudes are compared as keys: their bits, without the low bits that are zero in all values.
struct MagnitudeKey {
  int shift = 0;  // 16 for bfloat16
  uint32_t operator()(float x) const { return ops::magnitude_bits(x) >> shift; }
  uint32_t end() const { return uint32_t{1} << (31 - shift); }  // above every key
};

struct GlobalThreshold {
  uint32_t lower = 0;    // key: the k largest are among the pairs with keys >= lower
  int64_t at_least = 0;  // number of these pairs, on all ranks
  // at_least > k only because of ties: `lower` is the key of the k-th.
  bool only_ties_too_many = false;
  int64_t total = 0;  // pairs on all ranks
};

class GlobalSelect {
 public:
  // Finds the threshold. Collective: k >= 1, bins >= 2, slack and guess are the same on all ranks.
  // `guess`: a key near which the k-th is expected; 0: none. Stops as soon as at_least <= k +
  // slack, or at the key of the k-th itself. With `to_the_key` it stops only there.
  GlobalThreshold find(Communicator& communicator, std::span<const float> values, MagnitudeKey key,
                       int64_t k, int64_t bins, int64_t slack, uint32_t guess, bool to_the_key);

 private:
  std::vector<uint32_t> edges_, counts_;
  Scratch scratch_;
};

}  // namespace laconic::comm
