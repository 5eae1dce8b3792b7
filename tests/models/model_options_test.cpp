// Every combination of model options builds or says why not, runs in the memory that the planner
// gave it, and computes in the order for evaluation what it computes in the order for training.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "framework/base/error.hpp"
#include "framework/config/checks.hpp"
#include "framework/graph/full_graph.hpp"
#include "models/cnn/cnn.hpp"
#include "models/gcn/gcn.hpp"
#include "tests/framework/graph/naive_executor.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::models {
namespace {

using namespace graph::test;  // NOLINT: a test's toys
using ::testing::ElementsAre;

constexpr int64_t rows = 37, width = 12, outputs = 3;

// A toy batch whose network may also want AX, and either as a sparse table.
struct WideBatch {
  ToyBatch<float> toy = toy_batch<float>(rows, width, outputs, Labels::one);
  std::vector<float> aggregated;
  std::vector<int64_t> indptr{0};  // full rows: the sparse table holds the same numbers
  std::vector<int32_t> indices;

  WideBatch() {
    for (const float x : toy.features) aggregated.push_back(0.5f - x);
    for (int64_t i = 0; i < rows; ++i) {
      for (int32_t c = 0; c < width; ++c) indices.push_back(c);
      indptr.push_back((i + 1) * width);
    }
  }

  graph::Feed<float> feed_for(const graph::Graph& network) const {
    graph::Feed<float> feed = toy.feed;
    feed.inputs.clear();
    for (const graph::InputSpec& input : network.inputs) {
      const auto& values = input.name == "aggregated_features" ? aggregated : toy.features;
      if (input.value.sparse)
        feed.inputs.push_back({.sparse = {{indptr, indices}, values, width}});
      else
        feed.inputs.push_back({.dense = {values.data(), rows, width}});
    }
    return feed;
  }
};

using Norm = NormOptions::Kind;
using Site = GcnOptions::DropoutSite;
using Order = GcnOptions::Order;

constexpr GcnKind kinds[] = {GcnKind::gcn, GcnKind::sage, GcnKind::mlp};

// Every combination of what a kind reads.
void for_all_options(const std::function<void(const GcnOptions&, bool sparse)>& visit) {
  for (const GcnKind kind : kinds) {
    const GcnOptions fixed(kind);
    GcnOptions o(kind);
    o.hidden =
        8;  // layer 1 narrows, layer 2 keeps the width, layer 3 narrows: both orders pay somewhere
    for (const bool concat : {false, true})
      for (const Norm norm : {Norm::none, Norm::layer})
        for (const bool residual : {false, true})
          for (const bool bias : {false, true})
            for (const auto& [dropout, input_dropout] :
                 {std::pair{0.0, 0.0}, {0.3, 0.0}, {0.0, 0.4}, {0.2, 0.2}})
              for (const Site site : {Site::aggregated, Site::input})
                for (const Aggregated precompute : {Aggregated::none, Aggregated::mean})
                  for (const Order order :
                       {Order::automatic, Order::aggregate_first, Order::transform_first})
                    for (const bool sparse : {false, true}) {
                      if (sparse && input_dropout > 0)
                        continue;  // the task makes such features dense
                      if (kind != GcnKind::gcn && concat != fixed.concat) continue;
                      if (!fixed.has_edges() &&
                          (site != fixed.dropout_site || precompute != fixed.precompute ||
                           order != fixed.order))
                        continue;
                      o.concat = concat;
                      o.norm.kind = norm;
                      o.residual = residual;
                      o.bias = bias;
                      o.dropout = dropout;
                      o.input_dropout = input_dropout;
                      o.dropout_site = site;
                      o.precompute = precompute;
                      o.order = order;
                      visit(o, sparse);
                    }
  }
}

ModelInputs inputs(bool sparse) {
  return {.features = width, .sparse = sparse, .aggregated_sparse = sparse, .outputs = outputs};
}

std::string describe(const GcnOptions& o, bool sparse) {
  return fmt::format(
      "kind={} concat={} norm={} residual={} bias={} dropout={}/{} site={} precompute={} order={} "
      "sparse={}",
      static_cast<int>(o.kind), o.concat, static_cast<int>(o.norm.kind), o.residual, o.bias,
      o.dropout, o.input_dropout, static_cast<int>(o.dropout_site), static_cast<int>(o.precompute),
      static_cast<int>(o.order), sparse);
}

// Why A(H)W may not become A(HW), as the user's guide puts it.
bool order_is_blocked(const GcnOptions& o) {
  const bool drops = o.dropout > 0 || (o.input_dropout > 0 && o.precompute == Aggregated::none);
  return (drops && o.dropout_site == Site::aggregated) || (o.bias && !o.concat);
}

TEST(ModelOptions, BuildOrAreRefusedForTheDocumentedReasonOnly) {
  int built = 0, refused = 0;
  for_all_options([&](const GcnOptions& o, bool sparse) {
    const bool edges = o.needs().edges;
    const bool wants_refusal =
        edges && ((o.order == Order::transform_first && order_is_blocked(o)) ||
                  (sparse && o.precompute == Aggregated::none && o.bias && !o.concat));
    if (sparse && edges && o.order == Order::automatic) {
      EXPECT_EQ(o.needs().may_be_sparse, !wants_refusal) << describe(o, sparse);
    }
    try {
      for (const Purpose purpose : {Purpose::train, Purpose::evaluate})
        o.build(inputs(sparse), purpose);
      EXPECT_FALSE(wants_refusal) << describe(o, sparse);
      ++built;
    } catch (const Error& error) {
      EXPECT_TRUE(wants_refusal) << describe(o, sparse) << ": " << error.what();
      EXPECT_EQ(error.code(), ExitCode::config);
      ++refused;
    }
  });
  EXPECT_GT(built, 1000);
  EXPECT_GT(refused, 100);
}

template <class Check>
void for_all_networks(const GcnOptions* only_of, Check check) {
  for_all_options([&](const GcnOptions& o, bool sparse) {
    if (only_of != nullptr && (o.norm.kind != only_of->norm.kind || o.bias != only_of->bias))
      return;
    graph::Graph training, evaluation;
    try {
      training = o.build(inputs(sparse), Purpose::train);
      evaluation = o.build(inputs(sparse), Purpose::evaluate);
    } catch (const Error&) {
      return;
    }
    graph::adopt_layout(evaluation, training);
    SCOPED_TRACE(describe(o, sparse));
    check(training, evaluation);
  });
}

std::vector<float> copy(MatrixView<const float> m) {
  return {m.data, m.data + m.rows * m.cols};
}

TEST(ModelOptions, GiveTheSameOutputInTheOrdersOfTrainingAndEvaluation) {
  const WideBatch batch;
  int reordered = 0;
  for_all_networks(nullptr, [&](const graph::Graph& training, const graph::Graph& evaluation) {
    const auto parameters = toy_parameters<float>(training);
    const graph::Feed<float> feed = batch.feed_for(training);
    graph::Executor<float> a(training, context(), rows);
    const auto expected = copy(a.forward(parameters, feed, false));
    for (const int64_t chunk : {10, 64}) {
      std::vector<float> logits;
      graph::FullGraph<float>(evaluation, context(), chunk)
          .run(parameters, batch.feed_for(evaluation), [&](int64_t, MatrixView<const float> part) {
            const auto some = copy(part);
            logits.insert(logits.end(), some.begin(), some.end());
          });
      ASSERT_LE(relative_distance(logits, expected), 1e-5);
    }
    reordered += evaluation.to_json().at("nodes") != training.to_json().at("nodes");
  });
  EXPECT_GT(reordered, 100);
}

// A plan that shares memory wrongly, or runs a node before its input is there, cannot pass.
TEST(ModelOptions, TrainInTheirPlannedMemoryWithTheBitsOfMemoryOfTheirOwn) {
  const WideBatch batch;
  for (const auto& [norm, bias] : {std::pair{Norm::layer, false}, {Norm::none, true}}) {
    GcnOptions part(GcnKind::gcn);
    part.norm.kind = norm;
    part.bias = bias;
    for_all_networks(&part, [&](const graph::Graph& training, const graph::Graph&) {
      const auto parameters = toy_parameters<float>(training);
      const graph::Feed<float> feed = batch.feed_for(training);
      graph::Executor<float> executor(training, context(), rows);
      std::vector<float> gradients(parameters.size(), 0);
      const MatrixView<float> output = executor.forward(parameters, feed, true);
      ops::loss(context(), MatrixView<const float>(output), feed.targets, 0.1f,
                executor.output_cotangent());
      executor.backward(parameters, feed, gradients);
      ASSERT_EQ(gradients,
                graph::test::run_naively<float>(training, context(), parameters, feed, true, 0.1f)
                    .gradients);
    });
  }
}

// The last layer alone has no activation; the same gradient in float and in double for each family.
TEST(ModelOptions, HaveTheGradientOfTheReferenceInDouble) {
  for (const GcnKind kind : kinds) {
    GcnOptions o(kind);
    o.hidden = 32;
    o.residual = true;
    o.bias = true;
    o.precompute = Aggregated::none;
    const graph::Graph network = o.build(inputs(false), Purpose::train);
    const auto exact_batch = toy_batch<double>(90, width, outputs, Labels::one);
    const auto batch = toy_batch<float>(90, width, outputs, Labels::one);
    graph::Executor<double> truth(network, context(), 90, {.implementation = "ref"});
    graph::Executor<float> fast(network, context(), 90);
    const auto exact = gradient(truth, toy_parameters<double>(network), exact_batch.feed);
    EXPECT_LE(relative_distance(gradient(fast, toy_parameters<float>(network), batch.feed).values,
                                exact.values),
              1e-5)
        << static_cast<int>(kind);
  }
}

TEST(TheEdgelessNetwork, DoesNotReadTheEdges) {
  const GcnOptions o(GcnKind::mlp);
  const graph::Graph network = o.build(inputs(false), Purpose::train);
  auto linked = toy_batch<float>(rows, width, outputs, Labels::one),
       alone = toy_batch<float>(rows, width, outputs, Labels::one);
  alone.feed.neighbourhood = {};
  graph::Executor<float> executor(network, context(), rows);
  const auto parameters = toy_parameters<float>(network);
  EXPECT_EQ(gradient(executor, parameters, linked.feed).values,
            gradient(executor, parameters, alone.feed).values);
}

config::Resolved resolved(const std::string& yaml, ModelOptions& options) {
  return config::resolve(options, yaml, "t.yaml");
}

TEST(ModelList, HoldsModelsThatDescribeTheirKeys) {
  for (const ModelEntry& entry : list()) {
    const auto options = entry.make_options();
    EXPECT_NE(dynamic_cast<const Model*>(options.get()), nullptr) << entry.name;
    config::Fields fields;
    options->describe(fields);
    EXPECT_FALSE(fields.list().empty()) << entry.name;
  }
}

TEST(ModelKeys, AreThoseThatTheKindReads) {
  ModelOptions options;
  EXPECT_THAT(resolved("kind: mlp\nhidden: 7\nconcat: false\nprecompute: sum\n", options).notices(),
              ElementsAre("t.yaml:3:1: concat is set but not used (only with kind: gcn)",
                          "t.yaml:4:1: precompute is set but not used (only with kind: gcn | "
                          "sage)"));
  EXPECT_EQ(options.kind.as<GcnOptions>().hidden, 7);
  EXPECT_FALSE(needs(options).edges);
  ModelOptions image;
  EXPECT_THAT(resolved("kind: cnn\ndropout: 0.5\nhidden: 7\n", image).notices(),
              ElementsAre("t.yaml:3:1: hidden is set but not used (only with kind: gcn | sage | "
                          "mlp)"));
  EXPECT_TRUE(needs(image).image);
}

TEST(ModelKeys, OfOneSectionAreCheckedTogether) {
  const auto problems_of = [](const std::string& yaml) {
    ModelOptions options;
    config::Fields fields;
    options.describe(fields);
    const config::Resolved all = config::resolve(fields, yaml, "t.yaml", {});
    std::vector<config::Problem> problems;
    config::check(fields, config::Checks(all, problems));
    return problems;
  };
  const auto problems = problems_of("order: transform_first\n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].text(),
            "t.yaml:1:1: order: transform_first: layer 2 has a dropout behind the aggregation, or "
            "a bias without concat; allowed: auto, aggregate_first");
  EXPECT_TRUE(problems_of("order: transform_first\ndropout: 0\n").empty());
  EXPECT_TRUE(problems_of("order: transform_first\nkind: mlp\n").empty());
}

TEST(ModelKeys, ThatTheNetworkDoesNotUseAreNoted) {
  const auto notices_of = [](const std::string& yaml) {
    ModelOptions options;
    config::Fields fields;
    options.describe(fields);
    const config::Resolved all = config::resolve(fields, yaml, "t.yaml", {});
    std::vector<config::Problem> problems;
    std::vector<std::string> notices;
    config::check(fields, config::Checks(all, problems, "", &notices));
    return notices;
  };
  EXPECT_THAT(
      notices_of("normalisation: symmetric\n"),
      ElementsAre("t.yaml:1:1: normalisation is set but not used (by the first layer, whose "
                  "features model.precompute aggregated)"));
  EXPECT_THAT(notices_of("normalisation: symmetric\nlayers: 1\nhidden: 5\n"),
              ElementsAre("t.yaml:1:1: normalisation is set but not used (the only layer sees "
                          "features that model.precompute aggregated)",
                          "t.yaml:3:1: hidden is set but not used (a single layer has no hidden "
                          "features)"));
  EXPECT_THAT(notices_of("residual: true\nlayers: 2\n"),
              ElementsAre("t.yaml:1:1: residual is set but not used (only from three layers on)"));
  EXPECT_TRUE(notices_of("normalisation: symmetric\nprecompute: none\n").empty());
  EXPECT_TRUE(notices_of("residual: false\nlayers: 1\n").empty());  // as if it were not set
}

}  // namespace
}  // namespace laconic::models
