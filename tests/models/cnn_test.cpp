// The convolutional network: its shape, its gradients against differences in double, and that
// evaluation computes what training does without dropout.
#include <gtest/gtest.h>

#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/graph/executor.hpp"
#include "models/model.hpp"

namespace laconic::models {
namespace {

ModelInputs image(int64_t height, int64_t width, int64_t channels, int64_t outputs) {
  return {.features = height * width * channels,
          .sparse = false,
          .outputs = outputs,
          .image = {height, width, channels}};
}

ModelOptions cnn() {
  ModelOptions o;
  o.kind = "cnn";
  return o;
}

template <class T>
struct Batch {
  std::vector<T> pixels;
  std::vector<int32_t> classes;
  graph::Feed<T> feed;

  Batch(const ModelInputs& inputs, int64_t rows) : pixels(rows * inputs.features) {
    const Random random(1, Stream::test);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<T>(random.normal(i));
    for (int64_t i = 0; i < rows; ++i) classes.push_back(static_cast<int32_t>(i % inputs.outputs));
    feed.rows = rows;
    feed.inputs = {{.dense = {pixels.data(), rows, inputs.features}}};
    feed.targets.classes = classes;
  }
};

TEST(Cnn, OfTheDefaultOptionsHasTheLayersOfTheStudy) {
  const graph::Graph network = build(cnn(), image(28, 28, 1, 10), Purpose::train);
  EXPECT_EQ(network.parameter_count, 1663370);
  EXPECT_EQ(network.find_parameter("conv1.weight")->spec.rows, 25);
  EXPECT_EQ(network.find_parameter("conv2.weight")->spec.rows, 25 * 32);
  EXPECT_EQ(network.find_parameter("dense1.weight")->spec.rows, 7 * 7 * 64);
  EXPECT_EQ(network.find_parameter("output.weight")->spec.cols, 10);
  // Same label, same units: what one layer gives is what the next one takes.
  EXPECT_EQ(network.find_parameter("conv2.weight")->spec.row_units,
            network.find_parameter("conv1.weight")->spec.col_units);
  EXPECT_EQ(network.find_parameter("dense1.weight")->spec.row_units,
            network.find_parameter("conv2.weight")->spec.col_units);
  // The output layer's gradients are final first.
  EXPECT_EQ(network.find_parameter("output.weight")->offset, 0);
}

TEST(Cnn, TakesAnyNumberOfLayersOnOddImages) {
  for (const auto& channels : {std::vector<int64_t>{}, {3}, {3, 4, 5}})
    for (const auto& dense : {std::vector<int64_t>{}, {6}, {6, 7}})
      for (const int64_t kernel : {1, 2, 3})
        for (const int64_t pool : {1, 2}) {
          ModelOptions o = cnn();
          o.channels = channels;
          o.dense = dense;
          o.kernel = kernel;
          o.pool = pool;
          const ModelInputs inputs = image(27, 33, 2, 3);
          const graph::Graph network = build(o, inputs, Purpose::train);
          Batch<float> batch(inputs, 4);
          graph::Executor<float> executor(network, {.threads = 1}, 4);
          std::vector<float> parameters(network.parameter_count);
          graph::initialise(network, 1, parameters);
          const MatrixView<float> logits = executor.forward(parameters, batch.feed, true);
          EXPECT_EQ(logits.cols, 3);
          for (int64_t j = 0; j < 3; ++j) EXPECT_TRUE(std::isfinite(logits(3, j)));
        }
}

TEST(Cnn, RefusesImagesThatItPoolsAway) {
  ModelOptions o = cnn();
  o.channels = {2, 2, 2};
  try {
    build(o, image(6, 20, 1, 2), Purpose::train);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("layer 3 of 3 finds an image of 1 x 5 only"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(build(cnn(), {.features = 16, .sparse = false, .outputs = 2}, Purpose::train),
               Error);
}

TEST(Cnn, HasTheGradientsOfItsLoss) {
  ModelOptions o = cnn();
  o.channels = {3, 4};
  o.kernel = 3;
  o.dense = {7};
  o.dropout = 0.3;
  const ModelInputs inputs = image(7, 6, 2, 3);
  const graph::Graph network = build(o, inputs, Purpose::train);
  const Context context{.seed = 3, .threads = 1};
  Batch<double> batch(inputs, 5);
  batch.feed.step = 4;
  graph::Executor<double> executor(network, context, 5);
  std::vector<float> initial(network.parameter_count);
  graph::initialise(network, 3, initial);
  std::vector<double> parameters(initial.begin(), initial.end()), gradients(parameters.size());
  const auto loss = [&] {
    const MatrixView<const double> logits = executor.forward(parameters, batch.feed, true);
    return ops::loss(context, logits, batch.feed.targets, 1.0, executor.output_cotangent()).loss;
  };
  loss();
  executor.backward(parameters, batch.feed, std::span<double>(gradients));
  for (const graph::Parameter& p : network.parameters)
    for (int64_t k = 0; k < p.size(); k += 1 + p.size() / 12) {
      double& x = parameters[p.offset + k];
      const double before = x, h = 1e-6;
      x = before + h;
      const double above = loss();
      x = before - h;
      const double below = loss();
      x = before;
      EXPECT_NEAR(gradients[p.offset + k], (above - below) / (2 * h), 1e-6)
          << p.spec.name << "[" << k << "]";
    }
}

TEST(Cnn, EvaluatesWhatItTrainsWithoutDropout) {
  ModelOptions o = cnn();
  o.channels = {8};
  o.dense = {16};
  o.dropout = 0.5;
  const ModelInputs inputs = image(9, 9, 1, 4);
  const graph::Graph network = build(o, inputs, Purpose::train);
  graph::Graph evaluation = build(o, inputs, Purpose::evaluate);
  graph::adopt_layout(evaluation, network);
  std::vector<float> parameters(network.parameter_count);
  graph::initialise(network, 1, parameters);
  Batch<float> batch(inputs, 6);
  graph::Executor<float> a(network, {.threads = 1}, 6),
      b(evaluation, {.threads = 1}, 6, {.training = false, .implementation = ""});
  const MatrixView<float> dropped = a.forward(parameters, batch.feed, true);
  const std::vector<float> with(dropped.data, dropped.data + 24);
  const MatrixView<float> x = a.forward(parameters, batch.feed, false),
                          y = b.forward(parameters, batch.feed, false);
  EXPECT_TRUE(std::equal(x.data, x.data + 24, y.data));
  EXPECT_FALSE(std::equal(with.begin(), with.end(), y.data));  // dropout was there
}

}  // namespace
}  // namespace laconic::models
