#include "apps/laconic/learn/clients/draws.hpp"

#include <algorithm>
#include <numeric>

#include "framework/base/random.hpp"

namespace laconic {

ClientDraws::ClientDraws(uint64_t seed, int64_t clients, int64_t per_round)
    : seed_(seed), per_round_(per_round), clients_(clients) {}

std::span<const int32_t> ClientDraws::clients(int64_t round, uint32_t set) {
  std::iota(clients_.begin(), clients_.end(), 0);
  const auto drawn = std::span(clients_).first(per_round_);
  if (drawn.size() == clients_.size()) return drawn;
  Random(seed_, Stream::clients, static_cast<uint64_t>(round), set).shuffle(clients_);
  std::ranges::sort(drawn);
  return drawn;
}

std::span<const int32_t> ClientDraws::samples(std::span<const int32_t> of_client, int64_t round,
                                              int32_t client, int64_t first, int64_t count) {
  if (count == 0) return of_client;
  const Random random(seed_, Stream::client_samples, static_cast<uint64_t>(round),
                      static_cast<uint32_t>(client));
  samples_.resize(count);
  for (int64_t k = 0; k < count; ++k)
    samples_[k] = of_client[random.below(first + k, of_client.size())];
  std::ranges::sort(samples_);
  return samples_;
}

}  // namespace laconic
