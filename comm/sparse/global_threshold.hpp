// Finds, over all ranks together, the k-th largest magnitude among pairs of which each rank holds
// some, without moving pairs: rounds of small histograms of magnitudes, each finer than the last,
// over an interval that contains the k-th. It starts around a guess, so that one or two rounds are
// enough; what it finds does not depend on the guess.
#pragma once

#include <vector>

#include "comm/collectives.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

// Magnitudes are compared as keys: their bits, without the low ones that no value has.
struct MagnitudeKey {
  int shift = 0;  // 16 for bfloat16
  uint32_t operator()(float x) const { return ops::magnitude_bits(x) >> shift; }
  uint32_t end() const { return uint32_t{1} << (31 - shift); }  // above every key
};

struct GlobalThreshold {
  uint32_t lower = 0;    // key: the k largest are among the pairs with keys >= lower
  int64_t at_least = 0;  // how many pairs that are, on all ranks
  // at_least > k only by ties: a key below `lower + 1` is the k-th's.
  bool only_ties_too_many = false;
  int64_t total = 0;  // pairs on all ranks
};

class GlobalSelect {
 public:
  // Collective: same k >= 1, bins >= 2, slack and guess on all ranks. The guess is a key near which
  // the k-th is expected, 0 for none. Stops as soon as at_least <= k + slack, or at the k-th key
  // itself (always there when `to_the_key`).
  GlobalThreshold find(Communicator& communicator, std::span<const float> values, MagnitudeKey key,
                       int64_t k, int64_t bins, int64_t slack, uint32_t guess, bool to_the_key);

 private:
  std::vector<uint32_t> edges_, counts_;
  Scratch scratch_;
};

}  // namespace laconic::comm
