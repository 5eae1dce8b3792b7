// What batch_norm promises beyond its reference: the statistics that it keeps, and what it does
// with batches that have no variance.
#include "framework/ops/batch_norm/batch_norm.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "framework/base/error.hpp"
#include "framework/ops/conformance_case.hpp"
#include "framework/ops/list.hpp"

namespace laconic::ops {
namespace {

using testing::Each;

class ABatchNorm : public testing::TestWithParam<const char*> {
 protected:
  NodeSpec node(nlohmann::json attributes = nlohmann::json::object(), int64_t width = 1) {
    NodeSpec spec = dense_example("batch_norm", {width}, 0, std::move(attributes)).node;
    kinds::batch_norm.infer(spec);
    return spec;
  }
  // Returns the case after one forward on a column of these values.
  Case<float> run(const NodeSpec& spec, std::vector<float> column, bool training = true,
                  std::vector<float> gamma_and_beta = {1, 0}) {
    Case<float> c(spec, kinds::batch_norm.needs(spec).saved, std::ssize(column));
    for (size_t i = 0; i < column.size(); ++i) c.inputs[0].view()(i, 0) = column[i];
    for (size_t p = 0; p < c.parameters.size(); ++p) c.parameters[p] = {gamma_and_beta[p]};
    c.state = {{0}, {1}};
    kernel = choose<float>(spec, context, GetParam()).implementation->make(spec, context);
    c.forward(*kernel, false, training);
    return c;
  }
  Context context{.threads = 1, .isa = detect_isa()};
  std::unique_ptr<Kernel<float>> kernel;
};
INSTANTIATE_TEST_SUITE_P(Of, ABatchNorm, testing::Values("ref", "cpu"));

// The numbers are those of torch.nn.BatchNorm1d(1): the running variance is the unbiased one.
TEST_P(ABatchNorm, KeepsMeanAndUnbiasedVariance) {
  const auto c = run(node(), {1, 2, 3, 4});
  EXPECT_FLOAT_EQ(c.next_state[0][0], 0.25f);
  EXPECT_FLOAT_EQ(c.next_state[1][0], 0.9f + 0.1f * 5 / 3);
  EXPECT_FLOAT_EQ(c.output.view()(0, 0), static_cast<float>(-1.5 / std::sqrt(1.25 + 1e-5)));
  EXPECT_EQ(c.state[0][0], 0);  // only the new state is written
}

TEST_P(ABatchNorm, OfOneRowGivesBetaAndLearnsNothing) {
  auto c = run(node(), {7}, true, {2, 0.5});
  EXPECT_EQ(c.output.view()(0, 0), 0.5f);
  EXPECT_EQ(c.next_state, c.state);
  c.backward(*kernel, false);
  EXPECT_EQ(c.dinputs[0].view()(0, 0), 0);
  EXPECT_EQ(c.dparameters[0][0], 0.5f);  // gamma, which had 0.5 already
}

TEST_P(ABatchNorm, OfNoRowsChangesNothing) {
  auto c = run(node(), {});
  EXPECT_EQ(c.next_state, c.state);
  c.backward(*kernel, false);
  EXPECT_THAT(c.dparameters, Each(std::vector<float>{0.5}));
}

TEST_P(ABatchNorm, UsesTheRunningStatisticsInEvaluationAndWhereItIsFrozen) {
  const float expected = static_cast<float>(3 / std::sqrt(1 + 1e-5));
  const auto evaluated = run(node(), {3, 9}, false);
  EXPECT_FLOAT_EQ(evaluated.output.view()(0, 0), expected);
  const auto frozen = run(node({{"frozen", true}}), {3, 9});
  EXPECT_FLOAT_EQ(frozen.output.view()(0, 0), expected);
  EXPECT_EQ(frozen.next_state, frozen.state);
}

TEST_P(ABatchNorm, RefusesAttributesThatHaveNoMeaning) {
  for (const auto& [attributes, key] :
       std::vector<std::pair<nlohmann::json, std::string>>{{{{"momentum", 1.5}}, "momentum"},
                                                           {{{"epsilon", 0}}, "epsilon"},
                                                           {{{"rule", "mean"}}, "average"},
                                                           {{{"activation", "tanh"}}, "activation"},
                                                           {{{"moment", 1}}, "moment"}})
    try {
      node(attributes);
      FAIL() << attributes.dump();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(key));
    }
}

}  // namespace
}  // namespace laconic::ops
