#include "apps/laconic/learn/trained_inputs.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "framework/base/error.hpp"
#include "framework/graph/graph.hpp"

namespace laconic {
namespace {

void all_for_test(int64_t rows, data::Split& split) {
  if (!split.train.empty() || !split.val.empty() || !split.test.empty()) return;
  split.test.resize(rows);
  std::iota(split.test.begin(), split.test.end(), 0);
}

}  // namespace

TrainedInputs::TrainedInputs(const nlohmann::json& attributes)
    : inputs_(attributes.value("inputs", nlohmann::json::object())) {
  try {
    const graph::Graph network = graph::Graph::from_json(attributes.at("graph"));
    const ops::ValueSpec& input = network.inputs.at(0).value;
    pixels_ = input.space.is_pixels();
    features_ = input.width;
    classes_ = network.width(network.output());
    any_size_ = pixels_ && std::ranges::none_of(network.nodes, [](const graph::Node& node) {
                  return node.spec.kind == "flatten";
                });
  } catch (const std::exception& error) {
    fail(ExitCode::data,
         "the checkpoint does not describe its network; other data need one of the "
         "present version: {}",
         error.what());
  }
}

void TrainedInputs::fit_classes(const std::string& where, std::vector<int32_t>& labels,
                                int32_t& classes, std::vector<std::string>& names) const {
  std::vector<std::string> trained;
  if (inputs_.contains("class_names")) trained = inputs_.at("class_names");
  if (!trained.empty() && !names.empty()) {
    std::vector<int32_t> number;
    for (const std::string& name : names) {
      const auto at = std::ranges::find(trained, name);
      if (at == trained.end())
        fail(ExitCode::data, "{}: class {} is none of the network's; allowed: {}", where, name,
             fmt::join(trained, ", "));
      number.push_back(static_cast<int32_t>(at - trained.begin()));
    }
    for (int32_t& label : labels)
      if (label >= 0) label = number[label];
  } else if (classes > classes_) {
    fail(ExitCode::data, "{}: {} classes, but the network was trained for {}", where, classes,
         classes_);
  }
  classes = static_cast<int32_t>(classes_);
  if (!trained.empty()) names = std::move(trained);
  if (std::ssize(names) != classes_) names.clear();
}

void TrainedInputs::fit(data::Graph& graph) const {
  data::Labels& labels = graph.labels;
  if (graph.features.cols != features_)
    fail(ExitCode::data, "{}: {} features, but the network was trained with {}", graph.name,
         graph.features.cols, features_);
  const bool has_labels = labels.classes > 0;
  const bool several = inputs_.value("several_labels", labels.is_multi_label());
  if (has_labels && several != labels.is_multi_label())
    fail(ExitCode::data, "{}: {} per node, but the network was trained for {}", graph.name,
         several ? "one class" : "several labels", several ? "several labels" : "one class");
  if (!has_labels && several) {
    labels.single.clear();
    labels.multi_indptr.assign(graph.nodes() + 1, 0);
    graph.split = {};  // no row can be scored
  } else {
    all_for_test(graph.nodes(), graph.split);
  }
  if (several && has_labels && labels.classes != classes_)
    fail(ExitCode::data, "{}: {} labels, but the network was trained for {}", graph.name,
         labels.classes, classes_);
  fit_classes(graph.name, labels.single, labels.classes, graph.class_names);
}

void TrainedInputs::fit(data::Images& images) const {
  int64_t height = images.height, width = images.width, channels = images.channels;
  if (inputs_.contains("channels")) {
    height = inputs_.at("height");
    width = inputs_.at("width");
    channels = inputs_.at("channels");
  }
  if (channels == 3 && images.channels == 1) {  // grey is a colour
    images.pixels = data::three_channels(images.pixels);
    images.channels = 3;
  }
  const bool other_size = !any_size_ && (height != images.height || width != images.width);
  if (other_size || channels != images.channels ||
      (pixels_ ? images.channels : images.values()) != features_)
    fail(ExitCode::data,
         "{}: images of {} x {} x {}, but the network was trained with {} x {} x {}{}", images.name,
         images.height, images.width, images.channels, height, width, channels,
         other_size ? fmt::format("; mogrify -resize {}x{}! FILES", width, height) : "");
  all_for_test(images.count(), images.split);
  fit_classes(images.name, images.labels, images.classes, images.class_names);
}

data::Standardisation TrainedInputs::standardisation() const {
  if (!inputs_.contains("mean"))
    fail(ExitCode::data,
         "data.standardise: the checkpoint does not have the mean and deviation of "
         "the features; resume the run, so that it writes a new one");
  return {.mean = inputs_.at("mean"), .factor = inputs_.at("factor")};
}

data::PixelMap TrainedInputs::pixel_map() const {
  if (!inputs_.contains("pixel_scale"))
    fail(ExitCode::data,
         "data.standardise: the checkpoint does not have the mean and deviation of "
         "the pixels; resume the run, so that it writes a new one");
  return {.scale = inputs_.at("pixel_scale"), .shift = inputs_.at("pixel_shift")};
}

nlohmann::json trained_inputs(const data::Graph& graph, const data::Standardisation& scaled) {
  nlohmann::json inputs = {{"several_labels", graph.labels.is_multi_label()}};
  if (!graph.class_names.empty()) inputs["class_names"] = graph.class_names;
  if (!scaled.mean.empty()) {
    inputs["mean"] = scaled.mean;
    inputs["factor"] = scaled.factor;
  }
  return inputs;
}

nlohmann::json trained_inputs(const data::Images& images, const data::PixelMap& map) {
  nlohmann::json inputs = {{"height", images.height},
                           {"width", images.width},
                           {"channels", images.channels},
                           {"pixel_scale", map.scale},
                           {"pixel_shift", map.shift}};
  if (!images.class_names.empty()) inputs["class_names"] = images.class_names;
  return inputs;
}

}  // namespace laconic
