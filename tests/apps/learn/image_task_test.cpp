// Training on images: what holds for graphs holds here too, and what a task makes of a set of
// images.
#include "apps/laconic/learn/image_task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

// 126 training images in batches of 20: 7 groups, the last of 6.
struct SmallNet {
  data::Images images = drawn_images(210);
  graph::Graph network;
  data::ImageBatches batches{images, images.split.train, 20, data::standardised(images)};

  explicit SmallNet(double dropout = 0)
      : network(models::build(small_cnn(dropout), inputs_of(images), models::Purpose::train)) {}
};

void expect_ranks_agree(const SmallNet& setup, int ranks) {
  TrainSettings many{.ranks = ranks, .steps = 8, .optimizer = optim::test::sgd(0.1)};
  TrainSettings one = many;
  one.ranks = 1;
  one.accumulate = ranks;
  const RunResult a = run(setup.network, setup.batches, many),
                  b = run(setup.network, setup.batches, one);
  for (size_t s = 0; s < b.losses.size(); ++s) {
    EXPECT_NEAR(a.losses[s], b.losses[s], 1e-6 * std::abs(b.losses[s])) << "step " << s;
    EXPECT_LE(distance(a.gradients[s], b.gradients[s]), s == 0 ? 1e-6 : 1e-5) << "step " << s;
  }
  EXPECT_LE(distance(a.parameters, b.parameters), 1e-6);
}

TEST(RanksOnImages, TakeTheStepsOfOneThatAccumulates) {
  for (const int ranks : {2, 4})
    expect_ranks_agree(SmallNet(), ranks);  // 7 groups: rounds not full
}

TEST(RanksOnImages, DrawTheSameDropoutMasksAsOne) {
  expect_ranks_agree(SmallNet(0.3), 2);
}

TEST(RanksOnImages, CountTheLabelsOfRoundsThatAreNotFull) {
  const SmallNet setup;
  EpochSampler cursor(setup.batches, 7, 2, 1);
  EXPECT_EQ(cursor.labels({0, 0}), 40);
  EXPECT_EQ(cursor.labels({0, 6}), 6);
  EXPECT_TRUE(cursor.group({0, 6}, 0, 1).empty());
}

TEST(ARunOnImages, HasTheSameBitsWithOneAndTwoThreads) {
  const SmallNet setup(0.3);
  TrainSettings options{.steps = 10};
  const RunResult one = run(setup.network, setup.batches, options);
  options.threads = 2;
  const RunResult two = run(setup.network, setup.batches, options);
  EXPECT_EQ(one.losses, two.losses);
  EXPECT_EQ(one.parameters, two.parameters);
  options.seed = 8;
  EXPECT_NE(run(setup.network, setup.batches, options).losses, one.losses);
}

// The data are worth their name: convolutions learn them, a linear map of the pixels does not.
double test_accuracy(const data::Images& images, const models::ModelOptions& model) {
  const data::PixelMap map = data::standardised(images);
  const graph::Graph network = models::build(model, inputs_of(images), models::Purpose::train);
  const ops::Space space = network.inputs[0].value.space;
  const RunResult trained =
      run(network, data::ImageBatches(images, images.split.train, 32, map, space),
          {.steps = 400, .optimizer = optim::test::with("adam", 0.005)});
  const data::ImageBatches test(images, images.split.test, 1 << 20, map, space);
  const std::unique_ptr<data::Batch> batch = test.make_batch();
  std::vector<int32_t> all(test.units());
  std::iota(all.begin(), all.end(), 0);
  const graph::Feed<float>& feed = batch->build(all);
  graph::Executor<float> executor(network, {.threads = 1}, feed.extents());
  graph::Scorer scorer(images.classes);
  scorer.add({}, executor.forward(trained.parameters, feed, false), feed.targets);
  return scorer.scores().accuracy;
}

TEST(Shapes, AreLearntByConvolutionsAndNotByALinearMap) {
  const data::Images images = drawn_images(2000);
  models::ModelOptions linear;
  linear.kind.select("mlp");
  gcn(linear).layers = 1;
  gcn(linear).bias = true;
  const double convolutions = test_accuracy(images, small_cnn()),
               pixels = test_accuracy(images, linear);
  std::printf("convolutions %.3f, linear %.3f\n", convolutions, pixels);
  EXPECT_GT(convolutions, 0.8);
  EXPECT_LT(pixels, 0.4);
}

const graph::Scores& of(const SplitScores& scores, SplitName split) {
  return scores[static_cast<size_t>(split)];
}

class MadeTask {
 public:
  explicit MadeTask(
      Task::Use use,
      const std::function<void(models::ModelOptions&)>& set = [](models::ModelOptions&) {}) {
    DataOptions& data = config_.get<DataOptions>();
    data.source.format.select("shapes");
    auto& shapes = data.source.format.as<data::ShapesSource>().shapes;
    shapes.images = 310;  // more than an evaluation takes at once
    shapes.size = 12;
    data.standardise = true;
    models::ModelOptions& model = config_.get<models::ModelOptions>();
    model = small_cnn(0.3);
    set(model);
    task = std::make_unique<ImageTask>(config_, context_, exchange_, use);
    parameters.resize(task->network().parameter_count);
    graph::initialise(task->network(), 3, parameters);
  }
  std::unique_ptr<ImageTask> task;
  std::vector<float> parameters;

 private:
  Config config_;
  Context context_{.seed = 3, .threads = 1, .isa = detect_isa()};
  comm::Exchange exchange_{comm::make_self(), comm::ExchangeOptions{}};
};

TEST(ImageTask, ScoresEveryImageInItsOrderWhenMadeForEvaluation) {
  MadeTask made(Task::Use::evaluate);
  const data::Images images = drawn_images(310);
  std::vector<int32_t> predicted;
  const SplitScores e =
      made.task->score(made.parameters, [&](int64_t first, MatrixView<const float> logits) {
        EXPECT_EQ(first, std::ssize(predicted));
        for (int64_t i = 0; i < logits.rows; ++i)
          predicted.push_back(static_cast<int32_t>(
              std::max_element(logits.row(i), logits.row(i) + logits.cols) - logits.row(i)));
      });
  ASSERT_EQ(std::ssize(predicted), 310);
  EXPECT_EQ(made.task->rows(), 310);
  const std::vector<int32_t>* splits[] = {&images.split.train, &images.split.val,
                                          &images.split.test};
  for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test}) {
    const auto& rows = *splits[static_cast<int>(s)];
    double right = 0;
    for (const int32_t i : rows) right += predicted[i] == images.labels[i];
    EXPECT_EQ(of(e, s).rows, std::ssize(rows));
    EXPECT_DOUBLE_EQ(of(e, s).accuracy, right / static_cast<double>(rows.size()));
  }
  EXPECT_EQ(made.task->split_of(0), "train");
  EXPECT_EQ(made.task->split_of(309), "test");
  EXPECT_EQ(made.task->class_name(4), "triangle");
}

TEST(ImageTask, LeavesTheTrainingImagesOutWhenMadeForTraining) {
  MadeTask train(Task::Use::train), whole(Task::Use::evaluate);
  const SplitScores a = train.task->score(train.parameters),
                    b = whole.task->score(whole.parameters);
  EXPECT_EQ(of(a, SplitName::train).rows, 0);
  EXPECT_EQ(of(a, SplitName::val).accuracy, of(b, SplitName::val).accuracy);
  EXPECT_NEAR(of(a, SplitName::test).loss, of(b, SplitName::test).loss, 1e-6);
}

TEST(ImageTask, TrainsAnMlpOnTheSameImages) {
  MadeTask made(Task::Use::train, [](models::ModelOptions& model) {
    model = {};
    model.kind.select("mlp");
    gcn(model).hidden = 9;
  });
  EXPECT_EQ(made.task->network().find_parameter("layer1.weight")->spec.rows, 144);
  EXPECT_EQ(made.task->score(made.parameters)[static_cast<int>(SplitName::test)].rows, 62);
}

}  // namespace
}  // namespace laconic::test
