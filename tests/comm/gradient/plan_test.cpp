// A bucket is summed densely unless sparsely is worth it, by what the machine was measured to be.
#include "comm/gradient/plan.hpp"

#include <gtest/gtest.h>

namespace laconic::comm::test {
namespace {

constexpr int plan_ranks = 4;
constexpr int64_t plan_n = 1'000'000, plan_k = 10'000;

// A link on which the sparse sum is predicted to take `share` of what the dense one does.
Link link_with(const AllreduceChoice& allreduce, double share) {
  Link costly = link_of(1, 1, 0);
  const BucketSeconds seconds =
      GradientPlan(allreduce, {}, costly, plan_ranks, plan_n, 0).predict(plan_n, plan_k);
  costly.element_s = (share * seconds.dense - seconds.sparse) / plan_n;
  EXPECT_GT(costly.element_s, 0);
  return costly;
}

TEST(GradientPlan, IsDenseUnlessSparselyTakesAFifthLess) {
  const AllreduceChoice oktopk("oktopk", allreduce_list());
  DensityOptions options;
  const auto plan = [&](double share) {
    return GradientPlan(oktopk, options, link_with(oktopk, share), plan_ranks, plan_n, 0);
  };
  EXPECT_FALSE(plan(0.79).is_dense(plan_n, plan_k));
  EXPECT_TRUE(plan(0.81).is_dense(plan_n, plan_k));
  EXPECT_TRUE(plan(0.1).is_dense(plan_n, plan_n));
  options.auto_dense = false;
  EXPECT_FALSE(plan(10).is_dense(plan_n, plan_k));
}

}  // namespace
}  // namespace laconic::comm::test
