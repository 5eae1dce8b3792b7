#include "apps/laconic/train/image_task.hpp"

#include <algorithm>
#include <numeric>

#include "apps/laconic/train/together.hpp"
#include "data/images/source.hpp"
#include "framework/base/error.hpp"
#include "framework/graph/executor.hpp"

namespace laconic {
namespace {

constexpr int64_t evaluated_at_once = 128;  // images; bounds the memory for activations

}  // namespace

ImageTask::ImageTask(const Options& options, const Context& context, comm::Exchange& exchange,
                     Use use)
    : context_(context) {
  together(exchange, [&] {
    load(options);
    const models::ModelInputs inputs{
        .features = images_.values(),
        .sparse = false,
        .outputs = images_.classes,
        .image = {images_.height, images_.width, images_.channels},
    };
    network_ = models::build(options.model, inputs, models::Purpose::train);
    evaluation_network_ = models::build(options.model, inputs, models::Purpose::evaluate);
    graph::adopt_layout(evaluation_network_, network_);
  });
  choose_evaluated(use);
  if (use == Use::train)
    batches_ = std::make_unique<data::ImageBatches>(images_, images_.split.train,
                                                    options.train.batch, map_);
}

void ImageTask::load(const Options& options) {
  images_ = data::load_images(options.data.source);
  const data::Split& split = images_.split;
  if (split.train.empty()) fail(ExitCode::data, "{}: no training images", images_.name);
  if (options.data.standardise) map_ = data::standardised(images_);
  notes_.push_back(
      fmt::format("{}: {} images of {} x {} x {}, {} classes; {} train, {} validate, "
                  "{} test",
                  images_.name, images_.count(), images_.height, images_.width, images_.channels,
                  images_.classes, split.train.size(), split.val.size(), split.test.size()));
  if (split.val.empty())
    warnings_.emplace_back("no validation images: the newest network counts as the best one");
}

void ImageTask::choose_evaluated(Use use) {
  part_.assign(images_.count(), SplitName::train);
  for (const int32_t i : images_.split.val) part_[i] = SplitName::val;
  for (const int32_t i : images_.split.test) part_[i] = SplitName::test;
  for (int32_t i = 0; i < images_.count(); ++i)
    if (use == Use::evaluate || part_[i] != SplitName::train) evaluated_.push_back(i);
}

Evaluation ImageTask::evaluate(std::span<const float> parameters, const SeeLogits& see) {
  const data::ImageBatches batches(images_, evaluated_, evaluated_at_once, map_);
  const std::unique_ptr<data::Batch> batch = batches.make_batch();
  graph::Executor<float> network(evaluation_network_, context_, batches.max_rows(),
                                 {.training = false, .implementation = ""});
  graph::Scorer scorers[] = {graph::Scorer(outputs()), graph::Scorer(outputs()),
                             graph::Scorer(outputs())};
  std::vector<int32_t> group(batches.max_rows()), classes(batches.max_rows());
  for (int64_t first = 0; first < batches.units(); first += batches.max_rows()) {
    const int64_t count = std::min(batches.max_rows(), batches.units() - first);
    std::iota(group.begin(), group.end(), static_cast<int32_t>(first));
    const graph::Feed<float>& feed = batch->build(std::span(group).first(count));
    const MatrixView<const float> logits = network.forward(parameters, feed, false);
    for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test}) {
      for (int64_t i = 0; i < count; ++i)
        classes[i] = part_[evaluated_[first + i]] == s ? feed.targets.classes[i] : -1;
      scorers[static_cast<int>(s)].add(
          context_, logits,
          {.classes = std::span(classes).first(count), .multi_hot = {}, .labelled = {}});
    }
    if (see) see(first, logits);
  }
  Evaluation evaluation;
  for (int s = 0; s < 3; ++s) evaluation.scores[s] = scorers[s].scores();
  return evaluation;
}

std::string ImageTask::row_name(int64_t image) const {
  return split_names[static_cast<int>(part_[image])];
}

std::string ImageTask::class_name(int64_t c) const {
  return images_.class_names.empty() ? std::to_string(c) : images_.class_names[c];
}

std::vector<std::pair<std::string, std::string>> ImageTask::facts() const {
  return {
      {"images", fmt::format("{} x {} x {}, {:.1f} MB in memory", images_.height, images_.width,
                             images_.channels, static_cast<double>(images_.pixels.size()) * 1e-6)},
      {"batch", fmt::format("{} images", batches_->max_rows())}};
}

}  // namespace laconic
