// The time between checkpoints.
#pragma once

#include <cstdint>

namespace laconic {

// Returns the time between two checkpoints that minimises the expected lost time: time for writing
// and work lost in failures (Young 1974; the second-order formula of Daly 2006).
// `write_s`: time to write one checkpoint. `mtbf_s`: mean time between failures of the whole job.
// Units: seconds. Both arguments must be positive.
double best_interval(double write_s, double mtbf_s);

// Returns the seconds to write `bytes` to an ordinary disk. The estimate is used until a checkpoint
// has been measured.
double expected_write_s(int64_t bytes);

// Decides by the clock when a checkpoint is due. The caller reports when one was begun and done.
class CheckpointClock {
 public:
  // `expected_write_s` is used until a checkpoint has been written. With mtbf_s = 0 no checkpoint
  // is ever due.
  CheckpointClock(double mtbf_s, double expected_write_s, double now)
      : mtbf_s_(mtbf_s), write_s_(expected_write_s), last_(now) {}

  bool due(double now) const { return mtbf_s_ > 0 && now - last_ >= interval(); }
  void begun(double now) { last_ = now; }
  // Keeps the longest write time so far, since a shared disk may be slow at any time.
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
