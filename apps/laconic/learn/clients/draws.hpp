// Who takes part in a round, and with which samples: functions of the seed and the round, so the
// same on every rank and for any number of ranks.
//
// Thread safety: none; the returned spans are valid until the next call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace laconic {

class ClientDraws {
 public:
  ClientDraws(uint64_t seed, int64_t clients, int64_t per_round);

  // Returns the clients of a round, ascending. `set` 0 and 1 are independent of each other.
  std::span<const int32_t> clients(int64_t round, uint32_t set = 0);
  // Returns `count` of a client's samples, drawn with replacement, ascending; with 0 all of them.
  // `first` counts the draws that the client has made in this round before.
  std::span<const int32_t> samples(std::span<const int32_t> of_client, int64_t round,
                                   int32_t client, int64_t first, int64_t count);

 private:
  const uint64_t seed_;
  const int64_t per_round_;
  std::vector<int32_t> clients_, samples_;
};

}  // namespace laconic
