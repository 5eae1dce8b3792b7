#include "data/epoch_order.hpp"

#include <algorithm>
#include <numeric>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"

namespace laconic::data {

EpochOrder::EpochOrder(int32_t units, int32_t units_per_batch)
    : per_batch_(units_per_batch), order_(units) {
  LACONIC_CHECK(units >= 0 && units_per_batch >= 1, "{} units, {} per batch", units, units_per_batch);
  set(0, 0);
}

void EpochOrder::set(uint64_t seed, int64_t epoch) {
  std::iota(order_.begin(), order_.end(), 0);
  Random(seed, Stream::epoch_order, static_cast<uint64_t>(epoch)).shuffle(order_);
  for (int64_t i = 0; i < groups(); ++i) {
    const auto g = group(i);
    const auto begin = order_.begin() + (g.data() - order_.data());
    std::sort(begin, begin + static_cast<int64_t>(g.size()));
  }
}

int64_t EpochOrder::groups() const {
  return (static_cast<int64_t>(order_.size()) + per_batch_ - 1) / per_batch_;
}

std::span<const int32_t> EpochOrder::group(int64_t i) const {
  const int64_t begin = i * per_batch_;
  const int64_t end = std::min(begin + per_batch_, static_cast<int64_t>(order_.size()));
  return {order_.data() + begin, order_.data() + end};
}

}  // namespace laconic::data
