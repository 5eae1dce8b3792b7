// A bucket is summed densely unless sparsely is worth it, by what the machine was measured to be.
#include "comm/gradient_plan.hpp"

#include <gtest/gtest.h>

#include "comm/exchange.hpp"

namespace laconic::comm::test {
namespace {

constexpr int ranks = 4;
constexpr int64_t n = 1'000'000, k = 10'000;

// A link on which the sparse sum is predicted to take `share` of what the dense one does.
LinkOptions link_with(const ExchangeOptions& options, double share) {
  LinkOptions costly = link_of(1, 1, 0);
  const BucketSeconds seconds = predict(options, costly, ranks, n, k);
  costly.element_s = (share * seconds.dense - seconds.sparse) / n;
  EXPECT_GT(costly.element_s, 0);
  return costly;
}

TEST(GradientPlan, IsDenseUnlessSparselyTakesAFifthLess) {
  ExchangeOptions options{.allreduce = "oktopk"};
  EXPECT_FALSE(is_dense(options, link_with(options, 0.79), ranks, n, k));
  EXPECT_TRUE(is_dense(options, link_with(options, 0.81), ranks, n, k));
  EXPECT_TRUE(is_dense(options, link_with(options, 0.1), ranks, n, n));
  options.auto_dense = false;
  EXPECT_FALSE(is_dense(options, link_with(options, 10), ranks, n, k));
}

}  // namespace
}  // namespace laconic::comm::test
