// How often to save.
#pragma once

#include <cstdint>

namespace laconic {

// The time between two checkpoints that loses the least to writing them and to what a failure
// undoes, in seconds (Young 1974; the second-order formula of Daly 2006). `write_s`: what writing
// one takes; `mtbf_s`: mean time between failures of the whole job. Both positive.
double best_interval(double write_s, double mtbf_s);

// What writing `bytes` takes on an ordinary disk: until one has been measured.
double expected_write_s(int64_t bytes);

// Asks for checkpoints by the clock. The caller says when one was begun and when it was done.
class CheckpointClock {
 public:
  // `expected_write_s` holds until one has been written; mtbf_s = 0: never asks.
  CheckpointClock(double mtbf_s, double expected_write_s, double now)
      : mtbf_s_(mtbf_s), write_s_(expected_write_s), last_(now) {}

  bool due(double now) const { return mtbf_s_ > 0 && now - last_ >= interval(); }
  void begun(double now) { last_ = now; }
  // The longest so far counts: a disk that others use is slow when it matters.
  void done(double now) {
    const double took = now - last_;
    if (!measured_ || took > write_s_) write_s_ = took;
    measured_ = true;
  }
  double interval() const { return best_interval(write_s_, mtbf_s_); }
  double write_s() const { return write_s_; }

 private:
  double mtbf_s_, write_s_, last_;
  bool measured_ = false;
};

}  // namespace laconic
