// The convolutional network: its shape, its gradients against differences in double, and that
// evaluation computes what training does without dropout.
#include "models/cnn/cnn.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/graph/executor.hpp"

namespace laconic::models {
namespace {

ModelInputs image(int64_t height, int64_t width, int64_t channels, int64_t outputs) {
  return {.features = height * width * channels,
          .sparse = false,
          .outputs = outputs,
          .image = {height, width, channels}};
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
    feed.height = inputs.image.height;
    feed.width = inputs.image.width;
    feed.inputs = {
        {.dense = {pixels.data(), rows * feed.height * feed.width, inputs.image.channels}}};
    feed.targets.classes = classes;
  }
};

TEST(Cnn, OfTheDefaultOptionsHasTheLayersOfTheStudy) {
  const graph::Graph network = CnnOptions().build(image(28, 28, 1, 10), Purpose::train);
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
      for (const int64_t kernel : {1, 3, 5})
        for (const int64_t pool : {1, 2}) {
          CnnOptions o;
          o.channels = channels;
          o.dense = dense;
          o.kernel = kernel;
          o.pool = pool;
          const ModelInputs inputs = image(27, 33, 2, 3);
          const graph::Graph network = o.build(inputs, Purpose::train);
          Batch<float> batch(inputs, 4);
          graph::Executor<float> executor(network, {.threads = 1}, batch.feed.extents());
          std::vector<float> parameters(network.parameter_count);
          graph::initialise(network, 1, parameters);
          const MatrixView<float> logits = executor.forward(parameters, batch.feed, true);
          EXPECT_EQ(logits.cols, 3);
          for (int64_t j = 0; j < 3; ++j) EXPECT_TRUE(std::isfinite(logits(3, j)));
        }
}

TEST(Cnn, RefusesImagesThatItPoolsAway) {
  CnnOptions o;
  o.channels = {2, 2, 2};
  try {
    o.build(image(4, 9, 1, 2), Purpose::train);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("layer 3 of 3 finds an image of 1 x 3 only"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(CnnOptions().build({.features = 16, .sparse = false, .outputs = 2}, Purpose::train),
               Error);
}

class ACnnWithNorm : public testing::TestWithParam<std::pair<NormOptions::Kind, bool>> {};
INSTANTIATE_TEST_SUITE_P(OfEachKind, ACnnWithNorm,
                         testing::Values(std::pair{NormOptions::Kind::none, false},
                                         std::pair{NormOptions::Kind::layer, false},
                                         std::pair{NormOptions::Kind::group, false},
                                         std::pair{NormOptions::Kind::batch, false},
                                         std::pair{NormOptions::Kind::batch, true}));

TEST_P(ACnnWithNorm, HasTheGradientsOfItsLoss) {
  CnnOptions o;
  o.norm.kind = GetParam().first;
  o.norm.frozen = GetParam().second;
  o.norm.groups = 2;
  o.channels = {6, 4};
  o.kernel = 3;
  o.dense = {8};
  o.dropout = 0.3;
  const ModelInputs inputs = image(7, 6, 2, 3);
  const graph::Graph network = o.build(inputs, Purpose::train);
  const Context context{.seed = 3, .threads = 1};
  Batch<double> batch(inputs, 5);
  batch.feed.step = 4;
  graph::Executor<double> executor(network, context, batch.feed.extents());
  std::vector<float> initial(network.parameter_count);
  graph::initialise(network, 3, initial);
  std::vector<double> parameters(initial.begin(), initial.end()), gradients(parameters.size());
  std::vector<float> initial_state(network.state_count);
  graph::initialise_state(network, initial_state);
  const std::vector<double> state(initial_state.begin(), initial_state.end());
  const auto loss = [&] {
    const MatrixView<const double> logits = executor.forward({parameters, state}, batch.feed, true);
    return ops::loss(context, logits, batch.feed.targets, 1.0, executor.output_cotangent()).loss;
  };
  loss();
  executor.backward({parameters, state}, batch.feed, std::span<double>(gradients));
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
  CnnOptions o;
  o.channels = {8};
  o.dense = {16};
  o.dropout = 0.5;
  const ModelInputs inputs = image(9, 9, 1, 4);
  const graph::Graph network = o.build(inputs, Purpose::train);
  graph::Graph evaluation = o.build(inputs, Purpose::evaluate);
  graph::adopt_layout(evaluation, network);
  std::vector<float> parameters(network.parameter_count);
  graph::initialise(network, 1, parameters);
  Batch<float> batch(inputs, 6);
  graph::Executor<float> a(network, {.threads = 1}, batch.feed.extents()),
      b(evaluation, {.threads = 1}, batch.feed.extents(), {.training = false});
  const MatrixView<float> dropped = a.forward(parameters, batch.feed, true);
  const std::vector<float> with(dropped.data, dropped.data + 24);
  const MatrixView<float> x = a.forward(parameters, batch.feed, false),
                          y = b.forward(parameters, batch.feed, false);
  EXPECT_TRUE(std::equal(x.data, x.data + 24, y.data));
  EXPECT_FALSE(std::equal(with.begin(), with.end(), y.data));  // dropout was there
}

TEST(Cnn, RecomputesItsBlocksWithTheSameBitsAndLessMemory) {
  CnnOptions o;  // configs/quick/shapes.yaml
  o.channels = {16, 32};
  o.dense = {64};
  o.dropout = 0.2;
  const ModelInputs inputs = image(20, 20, 1, 5);
  const graph::Graph plain = o.build(inputs, Purpose::train);
  o.recompute = true;
  const graph::Graph wrapped = o.build(inputs, Purpose::train);
  graph::Graph evaluation = o.build(inputs, Purpose::evaluate);
  graph::adopt_layout(evaluation, wrapped);
  for (const graph::Parameter& p : plain.parameters)
    EXPECT_EQ(wrapped.find_parameter(p.spec.name)->offset, p.offset);
  const Context context{.seed = 3, .threads = 1, .isa = detect_isa()};
  Batch<float> batch(inputs, 32);
  batch.feed.step = 9;
  std::vector<float> parameters(plain.parameter_count);
  graph::initialise(plain, 1, parameters);
  std::vector<float> logits[2], gradients[2];
  int64_t activations[2];
  for (const int which : {0, 1}) {
    graph::Executor<float> executor(which == 0 ? plain : wrapped, context, batch.feed.extents());
    activations[which] = executor.layout().activation_bytes;
    const MatrixView<const float> y = executor.forward(parameters, batch.feed, true);
    logits[which].assign(y.data, y.data + y.rows * y.cols);
    gradients[which].assign(parameters.size(), 0);
    ops::loss(context, y, batch.feed.targets, 0.1f, executor.output_cotangent());
    executor.backward(parameters, batch.feed, gradients[which]);
  }
  EXPECT_EQ(logits[0], logits[1]);
  EXPECT_EQ(gradients[0], gradients[1]);
  EXPECT_LT(10 * activations[1], 7 * activations[0]) << activations[1] << " " << activations[0];
  RecordProperty("activations", std::to_string(activations[0]));
  RecordProperty("activations_recomputed", std::to_string(activations[1]));
}

// The mean over pixels: the same parameters at every size, and gradients that are right there.
TEST(Cnn, WithAMeanAsItsHeadTrainsAndEvaluatesAtTwoSizes) {
  CnnOptions o;
  o.channels = {8, 12};
  o.kernel = 3;
  o.head = CnnOptions::Head::mean;
  o.dense = {16};
  const ModelInputs small = image(12, 12, 1, 3), large = image(21, 18, 1, 3);
  const graph::Graph network = o.build(small, Purpose::train);
  EXPECT_EQ(network, o.build(large, Purpose::train));
  const Context context{.seed = 3, .threads = 1, .isa = detect_isa()};
  graph::Executor<float> executor(network, context, {40, 21, 21});
  std::vector<float> parameters(network.parameter_count), gradients(parameters.size());
  graph::initialise(network, 1, parameters);
  Batch<float> a(small, 39), b(large, 30);
  for (Batch<float>* batch : {&a, &b})  // a class is brighter than the one before it
    for (size_t i = 0; i < batch->pixels.size(); ++i)
      batch->pixels[i] +=
          static_cast<float>(batch->classes[i * batch->classes.size() / batch->pixels.size()]);
  const auto loss = [&](const Batch<float>& batch) {
    const MatrixView<const float> y = executor.forward(parameters, batch.feed, false);
    return ops::loss(context, y, batch.feed.targets, 1.0f / 40, executor.output_cotangent()).loss /
           static_cast<double>(batch.feed.rows);
  };
  const double before_a = loss(a), before_b = loss(b);
  for (int step = 0; step < 60; ++step)
    for (Batch<float>* batch : {&a, &b}) {
      loss(*batch);
      std::fill(gradients.begin(), gradients.end(), 0.0f);
      executor.backward(parameters, batch->feed, gradients);
      for (size_t i = 0; i < parameters.size(); ++i) parameters[i] -= 0.2f * gradients[i];
    }
  EXPECT_LT(loss(a), 0.9 * before_a);
  EXPECT_LT(loss(b), 0.9 * before_b);
  graph::Graph evaluation = o.build(large, Purpose::evaluate);
  graph::adopt_layout(evaluation, network);
  graph::Executor<float> at_large(evaluation, context, b.feed.extents(), {.training = false});
  const MatrixView<float> y = executor.forward(parameters, b.feed, false);
  const MatrixView<float> z = at_large.forward(parameters, b.feed, false);
  EXPECT_TRUE(std::equal(y.data, y.data + y.rows * y.cols, z.data));
}

TEST(Cnn, RefusesAnEvenKernelBySayingWhatIsAllowed) {
  CnnOptions o;
  o.kernel = 4;
  try {
    o.build(image(12, 12, 1, 3), Purpose::train);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("model.kernel: 4"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("allowed are odd numbers"), std::string::npos);
  }
}

// The graph of a checkpoint is read back from its JSON.
TEST(EveryModel, IsReadBackFromItsJson) {
  for (const ModelEntry& entry : list()) {
    const auto options = entry.make_options();
    const auto& model = dynamic_cast<const Model&>(*options);
    ModelInputs inputs = image(16, 16, 1, 4);
    for (const Purpose purpose : {Purpose::train, Purpose::evaluate}) {
      const graph::Graph graph = model.build(inputs, purpose);
      const nlohmann::json json = nlohmann::json::parse(graph.to_json().dump());
      const graph::Graph back = graph::Graph::from_json(json);
      EXPECT_EQ(back, graph) << entry.name;
      const Context context{.threads = 1, .isa = detect_isa()};
      const auto memory = graph::memory_of(graph, context, {8, 16, 16});
      const auto again = graph::memory_of(back, context, {8, 16, 16});
      EXPECT_EQ(again.activations, memory.activations);
      EXPECT_EQ(again.workspace, memory.workspace);
    }
  }
}

}  // namespace
}  // namespace laconic::models
