// model.norm: which nodes each kind becomes, and which keys are refused.
#include "models/norm.hpp"

#include <gmock/gmock.h>

#include "framework/config/checks.hpp"
#include "framework/config/resolve.hpp"
#include "models/cnn/cnn.hpp"
#include "models/gcn/gcn.hpp"

namespace laconic::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = NormOptions::Kind;

std::vector<std::string> kinds_in(const graph::Graph& network) {
  std::vector<std::string> all;
  for (const graph::Node& node : network.nodes) all.push_back(node.spec.kind);
  return all;
}

graph::Graph cnn(Kind kind, bool recompute = false) {
  CnnOptions o;
  o.channels = {6};
  o.dense = {8};
  o.dropout = 0;
  o.norm.kind = kind;
  o.norm.groups = 2;
  o.recompute = recompute;
  return o.build({.features = 64, .sparse = false, .outputs = 3, .image = {8, 8, 1}},
                 Purpose::train);
}

TEST(ANorm, StandsBetweenALayerAndItsActivation) {
  EXPECT_THAT(kinds_in(cnn(Kind::none)),
              ElementsAre("conv2d", "max_pool2d", "relu", "flatten", "linear", "relu", "linear"));
  EXPECT_THAT(kinds_in(cnn(Kind::batch)), ElementsAre("conv2d", "batch_norm", "max_pool2d",
                                                      "flatten", "linear", "batch_norm", "linear"));
  EXPECT_THAT(kinds_in(cnn(Kind::group)), ElementsAre("conv2d", "group_norm", "max_pool2d",
                                                      "flatten", "linear", "group_norm", "linear"));
  EXPECT_THAT(kinds_in(cnn(Kind::layer)), ElementsAre("conv2d", "group_norm", "max_pool2d",
                                                      "flatten", "linear", "layer_norm", "linear"));
  EXPECT_EQ(cnn(Kind::layer).nodes[1].spec.attributes.at("groups"), 1);
}

TEST(ABatchNorm, ReplacesTheBiasInFrontOfIt) {
  EXPECT_EQ(cnn(Kind::batch).find_parameter("conv1.bias"), nullptr);
  EXPECT_EQ(cnn(Kind::batch).find_parameter("dense1.bias"), nullptr);
  EXPECT_NE(cnn(Kind::batch).find_parameter("output.bias"), nullptr);
  EXPECT_NE(cnn(Kind::group).find_parameter("conv1.bias"), nullptr);
}

TEST(ABatchNorm, HasStateThatARecomputedBlockSharesWithThePlainOne) {
  const graph::Graph plain = cnn(Kind::batch), wrapped = cnn(Kind::batch, true);
  EXPECT_EQ(plain.state_count, 2 * (6 + 8));
  ASSERT_EQ(wrapped.states.size(), plain.states.size());
  for (const graph::State& state : plain.states)
    EXPECT_EQ(wrapped.find_state(state.spec.name)->offset, state.offset) << state.spec.name;
  EXPECT_EQ(cnn(Kind::group).state_count, 0);
}

TEST(AGraphNetwork, HasTheStateOfEvaluationWhereThatOfTrainingIs) {
  GcnOptions o(GcnKind::gcn);
  o.norm.kind = Kind::batch;
  const ModelInputs inputs{.features = 40, .outputs = 4};
  const graph::Graph training = o.build(inputs, Purpose::train);
  graph::Graph evaluation = o.build(inputs, Purpose::evaluate);
  graph::adopt_layout(evaluation, training);
  EXPECT_EQ(training.state_count, 2 * 2 * o.hidden);
  for (const graph::State& state : training.states)
    EXPECT_EQ(evaluation.find_state(state.spec.name)->offset, state.offset);
}

std::vector<config::Problem> problems_of(const std::string& yaml) {
  ModelOptions options;
  config::Fields fields;
  options.describe(fields);
  const config::Resolved all = config::resolve(fields, yaml, "t.yaml", {});
  std::vector<config::Problem> problems;
  config::check(fields, config::Checks(all, problems));
  return problems;
}

TEST(TheGroupsOfANorm, MustDivideTheChannels) {
  EXPECT_TRUE(problems_of("kind: gcn\nhidden: 20\nnorm: batch\n").empty());
  EXPECT_TRUE(problems_of("kind: gcn\nhidden: 20\nnorm: group\nnorm_groups: 5\n").empty());
  const auto gcn = problems_of("kind: gcn\nhidden: 20\nnorm: group\nnorm_groups: 6\n");
  ASSERT_EQ(gcn.size(), 1u);
  EXPECT_THAT(gcn[0].text(), HasSubstr("t.yaml:4:1: norm_groups: value 6: does not divide the 20"));
  EXPECT_THAT(gcn[0].text(), HasSubstr("nearest that does is 5"));
  EXPECT_EQ(problems_of("kind: cnn\nchannels: [8, 12]\nnorm: group\ndense: []\n").size(), 1u);
}

}  // namespace
}  // namespace laconic::models
