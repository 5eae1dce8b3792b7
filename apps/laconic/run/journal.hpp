// Reports the figures of a run while it goes on: those of every unit and every evaluation, in
// metrics.jsonl, TensorBoard and the progress line. Rank 0 writes; on other ranks all calls do
// nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/laconic/run/learner.hpp"
#include "apps/laconic/run/ledger.hpp"
#include "apps/laconic/run/session.hpp"
#include "framework/observe/progress.hpp"

namespace laconic {

class Journal {
 public:
  // Lifetime: all three must outlive this object.
  Journal(Session& session, const Learner& learner, Ledger& ledger);

  // Opens the logs; metrics.jsonl is cut to `metrics_length` bytes.
  void open(int64_t metrics_length);
  void unit();  // reports the newest unit. Allocates nothing in steady state.
  // Reports the newest evaluation. The progress line shows `score` from now on, unless it has no name.
  void evaluation(const FigureSpec& monitor, double score);
  void finish();  // prints the last progress line

  void sync();             // metrics.jsonl to the disk
  int64_t length() const;  // of metrics.jsonl, in bytes

 private:
  struct Column {
    size_t figure;
    std::string tag;  // in TensorBoard
  };
  void write(const Figures& figures, const std::vector<Column>& columns);
  void write_settings(EventWriter& events) const;
  void write_speed(EventWriter& events);
  Progress::State progress_state() const;

  Session& session_;
  const Learner& learner_;
  Ledger& ledger_;
  std::vector<Column> unit_columns_, score_columns_;
  std::vector<double> newest_;  // of each figure, from the last unit that had it; NaN: none yet
  std::string score_name_;      // of the headline
  Headline score_;
  std::unique_ptr<Progress> progress_;  // null: not rank 0
  double last_unit_s_ = 0;              // steady clock, at the end of the last unit
  int64_t last_samples_ = 0;
};

}  // namespace laconic
