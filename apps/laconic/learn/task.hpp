// A task combines what training a network needs: the network, batches, a loss, measurements by
// name. Only make_task() depends on the kind of data. Every rank builds the same task.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/laconic/learn/batch_sums.hpp"
#include "apps/laconic/run/learner.hpp"
#include "data/batches.hpp"
#include "data/content.hpp"
#include "framework/graph/feed.hpp"
#include "framework/graph/graph.hpp"
#include "framework/graph/point.hpp"

namespace laconic {

class Task {
 public:
  using Use = Environment::Use;
  virtual ~Task() = default;

  virtual const std::string& name() const = 0;  // of the data
  virtual const graph::Graph& network() const = 0;
  virtual const data::Batches& batches() const = 0;  // not with Use::evaluate
  // Returns the class of each unit of batches(), by which units are divided among clients; zeros if
  // units have none.
  virtual std::vector<int32_t> unit_classes() const {
    return std::vector<int32_t>(static_cast<size_t>(batches().units()));
  }

  // Declares the measurements of a batch, the loss first, and the scores of an evaluation.
  virtual void declare(Figures& batch, Figures& scores) const = 0;
  virtual std::string default_monitor() const = 0;
  // Returns why no evaluation on these data can have the score `name`; "" if one can.
  virtual std::string why_undefined(const std::string& name) const = 0;

  // Adds the loss and the measurements of a batch to `sums`, and writes scale * d(sum of losses) /
  // d(output) to `cotangent`, which may be null. `output`: rows x width of the network's output.
  virtual void loss(const Context& context, MatrixView<const float> output,
                    const graph::Feed<float>& feed, float scale, MatrixView<float> cotangent,
                    BatchSums& sums) const = 0;

  // Scores the network at `point` exactly, on every split. With Use::train a task may leave
  // out scores that batches measure anyway.
  virtual void evaluate(const graph::Point<float>& point, Figures& scores) = 0;
  // Writes the output for every row of the data to `path` (.csv or .h5), whole or not at all.
  // Returns the number of rows.
  virtual int64_t predict(const graph::Point<float>& point, const std::string& path) = 0;
  // Returns baselines to compare a result with (docs/formats.md).
  virtual nlohmann::json baselines() const = 0;

  // Returns what a checkpoint stores of the data for a use of the network on others.
  virtual nlohmann::json inputs() const { return nlohmann::json(); }
  virtual data::Content content() const { return {}; }        // hashes of the data as read
  virtual const std::vector<std::string>& notes() const = 0;  // for the log
  virtual const std::vector<std::string>& warnings() const = 0;
  virtual Facts::Lines facts() const = 0;                 // of `plan`
  virtual int64_t evaluation_bytes() const { return 0; }  // that evaluate() allocates, at its peak
  virtual RootStage root_stage() const { return {}; }
};

// Makes the task of the configuration. Collective; errors are agreed on. `trained`: the attributes
// of the checkpoint whose network works on data that it was not trained on (Use::evaluate); null:
// none.
std::unique_ptr<Task> make_task(const Config& config, const Context& context,
                                comm::Exchange& exchange, Task::Use use,
                                const nlohmann::json* trained = nullptr);

}  // namespace laconic
