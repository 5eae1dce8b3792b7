// The problem a network is trained on that looks at images: the images, batches of the training
// ones, the network.
#pragma once

#include "apps/laconic/train/task.hpp"
#include "data/images/image_batches.hpp"

namespace laconic {

class ImageTask final : public Task {
 public:
  ImageTask(const Options& options, const Context& context, comm::Exchange& exchange, Use use);

  const std::string& name() const override { return images_.name; }
  const graph::Graph& network() const override { return network_; }
  const data::ImageBatches& batches() const override { return *batches_; }
  int64_t outputs() const override { return images_.classes; }
  bool is_multi_label() const override { return false; }
  // Made for training, the training images are left out: their loss is in every step's line.
  Evaluation evaluate(std::span<const float> parameters, const SeeLogits& see = {}) override;
  int64_t rows() const override { return images_.count(); }
  const char* row_header() const override { return "image,split"; }
  std::string row_name(int64_t image) const override;
  std::string class_name(int64_t c) const override;
  const std::vector<std::string>& notes() const override { return notes_; }
  const std::vector<std::string>& warnings() const override { return warnings_; }
  std::vector<std::pair<std::string, std::string>> facts() const override;

 private:
  void load(const Options& options);
  void choose_evaluated(Use use);

  Context context_;
  data::Images images_;
  data::PixelMap map_;
  graph::Graph network_, evaluation_network_;
  std::unique_ptr<data::ImageBatches> batches_;
  std::vector<int32_t> evaluated_;  // images, ascending
  std::vector<SplitName> part_;     // of every image
  std::vector<std::string> notes_, warnings_;
};

}  // namespace laconic
