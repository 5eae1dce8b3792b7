// Every combination of model options builds or says why not, runs in the memory that the planner
// gave it, and computes in the order for evaluation what it computes in the order for training.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "framework/base/error.hpp"
#include "framework/graph/full_graph.hpp"
#include "models/model.hpp"
#include "tests/framework/graph/naive_executor.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::models {
namespace {

using namespace graph::test;  // NOLINT: a test's toys

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
      if (input.sparse)
        feed.inputs.push_back({.sparse = {{indptr, indices}, values, width}});
      else
        feed.inputs.push_back({.dense = {values.data(), rows, width}});
    }
    return feed;
  }
};

void for_all_options(const std::function<void(const ModelOptions&, bool sparse)>& visit) {
  ModelOptions o;
  o.hidden =
      8;  // layer 1 narrows, layer 2 keeps the width, layer 3 narrows: both orders pay somewhere
  for (const ModelKind& kind : list()) {
    if (kind.needs_image) continue;  // cnn_test.cpp
    for (const bool concat : {false, true})
      for (const char* norm : {"none", "layer"})
        for (const bool residual : {false, true})
          for (const bool bias : {false, true})
            for (const auto& [dropout, input_dropout] :
                 {std::pair{0.0, 0.0}, {0.3, 0.0}, {0.0, 0.4}, {0.2, 0.2}})
              for (const char* site : {"aggregated", "input"})
                for (const char* precompute : {"none", "mean"})
                  for (const char* order : {"auto", "aggregate_first", "transform_first"})
                    for (const bool sparse : {false, true}) {
                      if (sparse && input_dropout > 0)
                        continue;  // the task makes such features dense
                      o.kind = kind.name;
                      o.concat = concat;
                      o.norm = norm;
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

std::string describe(const ModelOptions& o, bool sparse) {
  return fmt::format(
      "{} concat={} norm={} residual={} bias={} dropout={}/{} site={} precompute={} order={} "
      "sparse={}",
      o.kind, o.concat, o.norm, o.residual, o.bias, o.dropout, o.input_dropout, o.dropout_site,
      o.precompute, o.order, sparse);
}

// Why A(H)W may not become A(HW), as the user's guide says it.
bool order_is_blocked(const ModelOptions& given) {
  const ModelOptions o = effective(given);
  const bool drops = o.dropout > 0 || (o.input_dropout > 0 && o.precompute == "none");
  return (drops && o.dropout_site == "aggregated") || (o.bias && !o.concat);
}

TEST(ModelOptions, BuildOrAreRefusedForTheDocumentedReasonOnly) {
  int built = 0, refused = 0;
  for_all_options([&](const ModelOptions& o, bool sparse) {
    const bool edges = find(o.kind).uses_edges;
    const bool wants_refusal =
        edges && ((o.order == "transform_first" && order_is_blocked(o)) ||
                  (sparse && effective(o).precompute == "none" && o.bias && !effective(o).concat));
    if (sparse && edges && o.order == "auto") {
      EXPECT_EQ(takes_sparse(o), !wants_refusal) << describe(o, sparse);
    }
    try {
      for (const Purpose purpose : {Purpose::train, Purpose::evaluate})
        build(o, inputs(sparse), purpose);
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
void for_all_networks(const ModelOptions* only_of, Check check) {
  for_all_options([&](const ModelOptions& o, bool sparse) {
    if (only_of != nullptr && (o.norm != only_of->norm || o.bias != only_of->bias)) return;
    graph::Graph training, evaluation;
    try {
      training = build(o, inputs(sparse), Purpose::train);
      evaluation = build(o, inputs(sparse), Purpose::evaluate);
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
  for (const auto& [norm, bias] : {std::pair{"layer", false}, {"none", true}}) {
    ModelOptions part;
    part.norm = norm;
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
  for (const ModelKind& kind : list()) {
    if (kind.needs_image) continue;
    ModelOptions o;
    o.kind = kind.name;
    o.hidden = 32;
    o.residual = true;
    o.bias = true;
    o.precompute = "none";
    const graph::Graph network = build(o, inputs(false), Purpose::train);
    const auto exact_batch = toy_batch<double>(90, width, outputs, Labels::one);
    const auto batch = toy_batch<float>(90, width, outputs, Labels::one);
    graph::Executor<double> truth(network, context(), 90, {.implementation = "ref"});
    graph::Executor<float> fast(network, context(), 90);
    const auto exact = gradient(truth, toy_parameters<double>(network), exact_batch.feed);
    EXPECT_LE(relative_distance(gradient(fast, toy_parameters<float>(network), batch.feed).values,
                                exact.values),
              1e-5)
        << kind.name;
  }
}

TEST(TheEdgelessNetwork, DoesNotReadTheEdges) {
  ModelOptions o;
  o.kind = "mlp";
  const graph::Graph network = build(o, inputs(false), Purpose::train);
  auto linked = toy_batch<float>(rows, width, outputs, Labels::one),
       alone = toy_batch<float>(rows, width, outputs, Labels::one);
  alone.feed.neighbourhood = {};
  graph::Executor<float> executor(network, context(), rows);
  const auto parameters = toy_parameters<float>(network);
  EXPECT_EQ(gradient(executor, parameters, linked.feed).values,
            gradient(executor, parameters, alone.feed).values);
}

}  // namespace
}  // namespace laconic::models
