#include "apps/laconic/learn/image_task.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>

#include "apps/laconic/learn/class_weights.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "data/commonest_class.hpp"
#include "data/images/source.hpp"
#include "framework/base/error.hpp"
#include "framework/graph/executor.hpp"

namespace laconic {
namespace {

constexpr int64_t evaluated_at_once = 128;  // images; bounds the memory for activations
const graph::PlanOptions forward_only = {.training = false};

}  // namespace

ImageTask::ImageTask(const Config& config, const Context& context, comm::Exchange& exchange,
                     Use use, const nlohmann::json* trained)
    : context_(context), use_(use) {
  std::optional<TrainedInputs> trained_with;
  if (trained) trained_with.emplace(*trained);
  if (use == Use::train && exchange.rank() == 0)
    spdlog::info("reading the images ({})", config.get<DataOptions>().source.format.entry().name);
  patiently(exchange, [&] {
    load(config.get<DataOptions>(), trained ? &*trained_with : nullptr);
    const models::ModelInputs inputs{
        .features = images_.values(),
        .sparse = false,
        .outputs = images_.classes,
        .image = {images_.height, images_.width, images_.channels},
    };
    network_ = models::build(config.get<models::ModelOptions>(), inputs, models::Purpose::train);
    evaluation_network_ =
        models::build(config.get<models::ModelOptions>(), inputs, models::Purpose::evaluate);
    graph::adopt_layout(evaluation_network_, network_);
  });
  same_everywhere(exchange, data::to_text(content_), "give all ranks the same data");
  choose_evaluated();
  if (!trained)
    class_weights_ = laconic::class_weights(config.get<TrainOptions>().class_weights,
                                            images_.labels, images_.split.train, images_.classes);
  if (use != Use::evaluate)
    batches_ = std::make_unique<data::ImageBatches>(images_, images_.split.train,
                                                    config.get<TrainOptions>().batch, map_,
                                                    network_.inputs[0].value.space);
}

void ImageTask::load(const DataOptions& options, const TrainedInputs* trained) {
  images_ = data::load_images(options.source);
  if (trained) trained->fit(images_);
  content_ = data::content_of(images_);
  label_counts_ = data::count_labels(images_.labels, images_.split);
  if (!trained && images_.split.train.empty())
    fail(ExitCode::data, "{}: no training images", images_.name);
  if (options.standardise) map_ = trained ? trained->pixel_map() : data::standardised(images_);
  notes_.push_back(fmt::format("{}: {} images of {} x {} x {}, {} classes; {}", images_.name,
                               images_.count(), images_.height, images_.width, images_.channels,
                               images_.classes, data::text(label_counts_)));
  if (const auto doubt = data::doubt_about(images_.labels, images_.classes); !doubt.empty())
    warnings_.push_back(images_.name + ": " + doubt);
}

void ImageTask::choose_evaluated() {
  part_.assign(images_.count(), SplitName::train);
  for (const int32_t i : images_.split.val) part_[i] = SplitName::val;
  for (const int32_t i : images_.split.test) part_[i] = SplitName::test;
  for (int32_t i = 0; i < images_.count(); ++i)
    if (use_ == Use::evaluate || part_[i] != SplitName::train) evaluated_.push_back(i);
}

data::ImageBatches ImageTask::evaluated_batches() const {
  return {images_, evaluated_, evaluated_at_once, map_, evaluation_network_.inputs[0].value.space};
}

int64_t ImageTask::evaluation_bytes() const {
  const data::ImageBatches batches = evaluated_batches();
  const graph::NetworkMemory memory =
      graph::memory_of(evaluation_network_, context_, batches.largest(), forward_only);
  return batches.make_batch()->memory_bytes() + memory.activations + memory.workspace +
         memory.kernels;
}

SplitScores ImageTask::score(const graph::Point<float>& at, const SeeLogits& see) {
  // Without running statistics, those of each batch serve, as in training.
  const bool by_batch = at.state.empty() && evaluation_network_.state_count > 0;
  const std::vector<float> unread(by_batch ? evaluation_network_.state_count : 0);
  const graph::Point<float> point(at.parameters, by_batch ? std::span(unread) : at.state);
  const data::ImageBatches batches = evaluated_batches();
  const std::unique_ptr<data::Batch> batch = batches.make_batch();
  graph::Executor<float> network(evaluation_network_, context_, batches.largest(), forward_only);
  graph::Scorer scorers[] = {graph::Scorer(outputs()), graph::Scorer(outputs()),
                             graph::Scorer(outputs())};
  std::vector<int32_t> group(batches.max_rows()), classes(batches.max_rows());
  for (int64_t first = 0; first < batches.units(); first += batches.max_rows()) {
    const int64_t count = std::min(batches.max_rows(), batches.units() - first);
    std::iota(group.begin(), group.end(), static_cast<int32_t>(first));
    const graph::Feed<float>& feed = batch->build(std::span(group).first(count));
    const MatrixView<const float> logits = network.forward(point, feed, by_batch);
    for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test}) {
      for (int64_t i = 0; i < count; ++i)
        classes[i] = part_[evaluated_[first + i]] == s ? feed.targets.classes[i] : -1;
      scorers[static_cast<int>(s)].add(
          context_, logits,
          {.classes = std::span(classes).first(count), .multi_hot = {}, .labelled = {}});
    }
    if (see) see(first, logits);
  }
  return {scorers[0].scores(), scorers[1].scores(), scorers[2].scores()};
}

double ImageTask::majority() const {
  return data::commonest_class_accuracy(images_.labels, images_.classes, images_.split);
}

std::string ImageTask::row_name(int64_t image) const {
  return images_.names.empty() ? "" : images_.names[image];
}

std::string ImageTask::class_name(int64_t c) const {
  return images_.class_names.empty() ? std::to_string(c) : images_.class_names[c];
}

std::vector<int32_t> ImageTask::unit_classes() const {
  std::vector<int32_t> classes;
  for (const int32_t image : images_.split.train) classes.push_back(images_.labels[image]);
  return classes;
}

Facts::Lines ImageTask::facts() const {
  return {
      {"images", fmt::format("{} x {} x {}, {:.1f} MB in memory", images_.height, images_.width,
                             images_.channels, static_cast<double>(images_.pixels.size()) * 1e-6)},
      {"batch", fmt::format("{} images", batches_->max_rows())}};
}

}  // namespace laconic
