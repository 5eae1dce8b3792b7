#include "data/split.hpp"

#include <algorithm>
#include <numeric>

#include "framework/base/random.hpp"

namespace laconic::data {

Split random_split(int64_t rows, int64_t seed) {
  std::vector<int32_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  Random(static_cast<uint64_t>(seed), Stream::split).shuffle(order);
  const auto val = order.begin() + rows * 6 / 10;
  const auto test = order.begin() + rows * 8 / 10;
  Split split{.train = {order.begin(), val}, .val = {val, test}, .test = {test, order.end()}};
  for (auto* part : {&split.train, &split.val, &split.test}) std::ranges::sort(*part);
  return split;
}

}  // namespace laconic::data
