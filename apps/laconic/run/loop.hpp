// Runs any method from start or resume to the end: units with their figures, evaluations,
// checkpoints, and a stop on request. Before every kind of end it completes the checkpoint in
// progress and the trace.
#pragma once

#include "apps/laconic/run/best.hpp"
#include "apps/laconic/run/checkpoints.hpp"
#include "apps/laconic/run/course.hpp"
#include "apps/laconic/run/journal.hpp"
#include "apps/laconic/run/ledger.hpp"
#include "apps/laconic/run/memory.hpp"
#include "apps/laconic/run/stop_request.hpp"
#include "apps/laconic/run/timeline.hpp"

namespace laconic {

class Loop {
 public:
  // `learner` was made with the timer of `ledger`.
  // Lifetime: all three must outlive this object.
  Loop(Session& session, Learner& learner, Ledger& ledger);

  // Runs to the end. Changes nothing in a completed run that has no work left.
  // AgreedError(stopped) after a stop on request.
  void run();

  // The parts of run(), for tests that interrupt a run.
  void start();
  bool is_over() const;
  void unit();               // one unit and what follows it
  [[noreturn]] void stop();  // saves, then AgreedError(stopped)
  void finish();

 private:
  void log_start() const;
  StateList state() { return state_of(learner_, best_); }
  nlohmann::json attributes();  // collective
  bool is_evaluated() const;    // an evaluation is due after this unit
  void evaluate();
  void wind_up();

  Session& session_;
  Learner& learner_;
  Ledger& ledger_;
  const MonitorOptions& options_;
  const Facts facts_;
  const Phase evaluate_phase_;
  Best best_;
  Course course_;
  Checkpoints checkpoints_;
  Journal journal_;
  Timeline timeline_;
  std::unique_ptr<StopRequest> stop_request_;
  bool was_over_ = false;  // a completed run was resumed, and nothing is left to do
  bool stop_wanted_ = false, save_wanted_ = false;  // on this rank, until votes were summed
};

}  // namespace laconic
