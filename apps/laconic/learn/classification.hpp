// A task in which each row of the data has one class, or several labels. It measures cross entropy,
// accuracy and F1. Tasks for graphs and for images differ in how they run the network on the rows.
#pragma once

#include <array>

#include "apps/laconic/learn/task.hpp"
#include "data/label_counts.hpp"
#include "framework/graph/scores.hpp"

namespace laconic {

enum class SplitName { train, val, test };
constexpr const char* split_names[] = {"train", "val", "test"};

// By SplitName; without rows where a split was not scored.
using SplitScores = std::array<graph::Scores, 3>;
// A callback that gets the logits of consecutive rows and the number of the first one, in row
// order.
using SeeLogits = std::function<void(int64_t first, MatrixView<const float> logits)>;

class Classification : public Task {
 public:
  virtual int64_t outputs() const = 0;  // classes or labels
  virtual bool is_multi_label() const = 0;
  virtual int64_t rows() const = 0;            // of the data
  virtual const char* row_header() const = 0;  // CSV header of a row's number
  virtual std::string row_name(int64_t row) const = 0;
  virtual std::string class_name(int64_t c) const = 0;
  // Return what the data know of a row: "train" or "" (in no split); -1 (no class).
  virtual std::string split_of(int64_t) const { return ""; }
  virtual int32_t class_of(int64_t) const { return -1; }
  virtual std::vector<int32_t> labels_of(int64_t) const { return {}; }  // where there are several
  virtual std::span<const float> class_weights() const { return {}; }   // empty: all are 1
  // Scores the network at `point`. Calls `see` for the rows in their order.
  virtual SplitScores score(const graph::Point<float>& point, const SeeLogits& see = {}) = 0;
  // Returns the accuracy on the test rows of always predicting the commonest class of the training
  // rows; NaN with several labels per row.
  virtual double majority() const = 0;
  virtual const data::LabelCounts& label_counts() const = 0;
  // Returns whether score() scores this split.
  virtual bool is_scored(SplitName) const { return true; }

  void declare(Figures& batch, Figures& scores) const override;
  std::string default_monitor() const override;
  std::string why_undefined(const std::string& name) const override;
  void loss(const Context& context, MatrixView<const float> output, const graph::Feed<float>& feed,
            float scale, MatrixView<float> cotangent, BatchSums& sums) const override;
  void evaluate(const graph::Point<float>& point, Figures& scores) override;
  int64_t predict(const graph::Point<float>& point, const std::string& path) override;
  nlohmann::json baselines() const override;
};

}  // namespace laconic
