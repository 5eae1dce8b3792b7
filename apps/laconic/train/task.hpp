// A problem as the trainer sees it: a network, batches to train it on, scores. Which kind of data
// is behind it, make_task() knows and nobody else. Built the same on every rank.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/laconic/options.hpp"
#include "comm/exchange.hpp"
#include "data/batches.hpp"
#include "framework/base/context.hpp"
#include "framework/graph/graph.hpp"
#include "framework/graph/scores.hpp"

namespace laconic {

enum class SplitName { train, val, test };
constexpr const char* split_names[] = {"train", "val", "test"};

struct Evaluation {
  graph::Scores scores[3];  // by SplitName; without rows where a split was not scored
  const graph::Scores& of(SplitName s) const { return scores[static_cast<int>(s)]; }
};

// Told the first row and the logits of consecutive rows, in row order.
using SeeLogits = std::function<void(int64_t first, MatrixView<const float> logits)>;

class Task {
 public:
  enum class Use { train, evaluate };
  virtual ~Task() = default;

  virtual const std::string& name() const = 0;  // of the data
  virtual const graph::Graph& network() const = 0;
  virtual const data::Batches& batches() const = 0;  // Use::train only
  virtual int64_t outputs() const = 0;               // classes or labels
  virtual bool is_multi_label() const = 0;

  // The network at `parameters`, exactly. Used for evaluation, every row of the data set is gone
  // over in its order; for training, a task may leave out what it takes no score of.
  virtual Evaluation evaluate(std::span<const float> parameters, const SeeLogits& see = {}) = 0;
  virtual int64_t rows() const = 0;            // of the data set
  virtual const char* row_header() const = 0;  // what heads numbers and names in a table of rows
  virtual std::string row_name(int64_t row) const = 0;
  virtual std::string class_name(int64_t c) const = 0;

  virtual const std::vector<std::string>& notes() const = 0;  // for the log
  virtual const std::vector<std::string>& warnings() const = 0;
  // What `laconic plan` says of this kind of data: (what, how much).
  virtual std::vector<std::pair<std::string, std::string>> facts() const = 0;
};

// Collective. Errors are agreed on.
std::unique_ptr<Task> make_task(const Options& options, const Context& context,
                                comm::Exchange& exchange, Task::Use use);

}  // namespace laconic
