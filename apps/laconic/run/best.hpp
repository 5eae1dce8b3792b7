// The best evaluation so far: the score that decides (train.monitor), the values of all scores, and
// a copy of the state that reached them. It also counts the evaluations without improvement.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/laconic/run/learner.hpp"

namespace laconic {

class Best {
 public:
  // Lifetime: `learner` must outlive this object.
  // Error(config) if train.monitor names none of the learner's scores.
  Best(const MonitorOptions& options, Learner& learner);

  // Lists the copy under "best/...", and the scores and counters that belong to it.
  void visit_state(StateList& state);
  void begin();  // allocates the copy
  // Compares the scores of the newest evaluation, and copies the state if they are the best.
  void take();

  // Return the spec of the score that decides, which has no name where none does, and its value in
  // the newest evaluation.
  FigureSpec monitor() const;
  double score() const;
  // Returns the step of the last evaluation; -1: there was none. restore() reads it from a
  // checkpoint's attributes ("evaluated"); older versions did not store it.
  int64_t last_step() const { return last_step_; }
  void restore(const nlohmann::json& attributes);
  bool is_over() const { return patience_ > 0 && since_ >= patience_; }

  // Returns "monitor", "better" and "figures", which describe the numbers of this run.
  nlohmann::json description() const;
  // Returns the scores of the best evaluation, nested by '/', "best_step", and under "last" the
  // scores of the last evaluation.
  nlohmann::json metrics() const;

 private:
  struct Copy {
    StateEntry of;
    std::vector<std::byte> bytes;
  };
  Learner& learner_;
  int64_t patience_;
  size_t monitor_ = 0;        // index of a score
  bool has_monitor_ = false;  // without one the last evaluation is the best
  double sign_ = 1;           // sign * score: more is better
  std::vector<Copy> copies_;
  std::vector<double> figures_, last_figures_;  // by score; NaN: absent
  double value_ = 0;                            // sign * score
  int64_t evaluations_ = 0;
  int64_t step_ = -1, last_step_ = -1;
  int64_t since_ = 0;  // evaluations without improvement
};

// Returns the figures that have a value, nested by '/'.
nlohmann::json nested(const Figures& figures);

// Lists the state that `learner` copies at its best evaluation. Entries are named "best/...", as in
// a checkpoint.
StateList best_entries(Learner& learner);

}  // namespace laconic
