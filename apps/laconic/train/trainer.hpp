// The pieces of a training run that methods put in their own order: state, steps, evaluation,
// checkpoints, reports.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/laconic/train/batch_cursor.hpp"
#include "apps/laconic/train/gradient_step.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/stop_request.hpp"
#include "apps/laconic/train/task.hpp"
#include "data/prefetch.hpp"
#include "framework/checkpoint/interval.hpp"
#include "framework/checkpoint/writer.hpp"
#include "framework/observe/progress.hpp"
#include "framework/optim/optimizer.hpp"

namespace laconic {

// What a run has done so far, beside its parameters: in every checkpoint.
struct RunState {
  int64_t step = 0;
  BatchPosition position;
  int64_t samples = 0;  // rows trained on, over all ranks
  int64_t evaluations = 0;
  int64_t best_step = -1;
  int64_t since_best = 0;  // evaluations without improvement
  int64_t skipped = 0;     // steps in a row that were not finite
  double best_value = 0;
  double best_scores[15] =
      {};  // 3 splits x (loss, accuracy, micro_f1, macro_f1, roc_auc) at the best validation
  double last_scores[15] = {};
  void visit_state(StateList& state);
};

class Trainer {
 public:
  explicit Trainer(Session& session);
  ~Trainer();

  void start();  // initial or resumed state, logs open, prefetching
  bool done() const;
  StepSums step();
  void report();  // the step just made, to logs and progress
  bool at_evaluation() const;
  void evaluate();
  bool at_checkpoint() const;
  void checkpoint();         // begins one; steps go on while it is written
  [[noreturn]] void stop();  // checkpoint, then Error(stopped)
  void finish();             // final evaluation, checkpoint, result.json

 private:
  StateList state();
  void resume();
  void begin_checkpoint();
  void advance_checkpoint();
  void complete_checkpoint();
  void save();  // a checkpoint of now, complete
  void tolerate(const std::function<void()>& part_of_checkpoint);
  std::unique_ptr<StopRequest> make_stop_request() const;
  int64_t trace_end() const;
  void write_trace();             // collective
  nlohmann::json rank_figures();  // this rank's traffic, rounds and phases since the run began
  nlohmann::json checkpoint_attributes();  // collective
  nlohmann::json result();                 // collective; rank 0's is complete
  Progress::State progress_state() const;
  bool epoch_ended() const { return state_.position.groups_done == 0; }

  Session& session_;
  const Options& options_;
  std::unique_ptr<Task> task_;
  BatchCursor cursor_;
  graph::Executor<float> executor_;
  std::vector<float> parameters_, gradients_, best_parameters_;
  const comm::FeedbackSettings feedback_;
  optim::Optimizer optimizer_;
  RunState state_;
  std::unique_ptr<Trace> trace_;
  bool tracing_ = false;  // trace.json is still to be written; the same on all ranks
  PhaseTimer timer_;
  comm::GradientSum sum_;
  GradientStep gradient_step_;
  std::unique_ptr<data::Prefetcher<std::unique_ptr<data::Batch>>> prefetcher_;
  std::unique_ptr<CheckpointWriter> writer_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<StopRequest> stop_request_;
  std::optional<CheckpointClock> clock_;
  comm::Traffic earlier_traffic_;  // before this process resumed; so are the five below
  std::map<std::string, int64_t> earlier_sent_by_phase_;
  int64_t earlier_rounds_ = 0, earlier_metrics_length_ = 0;
  double earlier_seconds_ = 0, started_s_ = 0;
  int64_t schedule_steps_ = 0;  // of all epochs; total_steps_ may be fewer (run.max_steps)
  int64_t total_steps_ = 0;
  int64_t checkpointed_step_ = -1;
  int64_t checkpoints_ = 0;     // written by this process
  int failed_checkpoints_ = 0;  // in a row
  bool save_requested_ = false;
  double last_loss_ = 0, last_accuracy_ = 0, last_norm_ = 0, last_lr_ = 0;
};

}  // namespace laconic
