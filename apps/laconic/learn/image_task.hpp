// The task of a network on images: the images, batches of the training images, the network.
#pragma once

#include "apps/laconic/learn/classification.hpp"
#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/learn/trained_inputs.hpp"
#include "data/images/image_batches.hpp"

namespace laconic {

class ImageTask final : public Classification {
 public:
  ImageTask(const Config& config, const Context& context, comm::Exchange& exchange, Use use,
            const nlohmann::json* trained = nullptr);

  const std::string& name() const override { return images_.name; }
  const graph::Graph& network() const override { return network_; }
  const data::ImageBatches& batches() const override { return *batches_; }
  std::vector<int32_t> unit_classes() const override;
  int64_t outputs() const override { return images_.classes; }
  bool is_multi_label() const override { return false; }
  // With Use::train it leaves out the training images, since every step reports their loss. A point
  // without the state that the network has is scored with the statistics of each batch.
  SplitScores score(const graph::Point<float>& point, const SeeLogits& see = {}) override;
  double majority() const override;
  const data::LabelCounts& label_counts() const override { return label_counts_; }
  bool is_scored(SplitName split) const override {
    return split != SplitName::train || use_ == Use::evaluate;
  }
  int64_t rows() const override { return images_.count(); }
  const char* row_header() const override { return "image"; }
  std::string row_name(int64_t image) const override;
  std::string class_name(int64_t c) const override;
  data::Content content() const override { return content_; }
  const std::vector<std::string>& notes() const override { return notes_; }
  const std::vector<std::string>& warnings() const override { return warnings_; }
  nlohmann::json inputs() const override { return trained_inputs(images_, map_); }
  std::string split_of(int64_t image) const override {
    return split_names[static_cast<int>(part_[image])];
  }
  int32_t class_of(int64_t image) const override { return images_.labels[image]; }
  std::vector<int32_t> labels_of(int64_t) const override { return {}; }
  std::span<const float> class_weights() const override { return class_weights_; }
  Facts::Lines facts() const override;
  int64_t evaluation_bytes() const override;

 private:
  void load(const DataOptions& options, const TrainedInputs* trained);
  void choose_evaluated();
  data::ImageBatches evaluated_batches() const;

  Context context_;
  Use use_;
  data::Images images_;
  data::LabelCounts label_counts_;
  data::PixelMap map_;
  graph::Graph network_, evaluation_network_;
  data::Content content_;
  std::unique_ptr<data::ImageBatches> batches_;
  std::vector<int32_t> evaluated_;  // images, ascending
  std::vector<SplitName> part_;     // of every image
  std::vector<float> class_weights_;
  std::vector<std::string> notes_, warnings_;
};

}  // namespace laconic
