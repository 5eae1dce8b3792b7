// How long a period of a run takes on this machine, for `plan --time`.
#pragma once

#include "apps/laconic/run/learner.hpp"
#include "apps/laconic/run/neighbours.hpp"

namespace laconic {

struct PeriodTime {
  double period_s = 0;    // seconds per period
  double evaluate_s = 0;  // seconds per evaluation
  int64_t units = 0;      // that were timed
};

// Measures how long a period takes on this machine: trains some units in memory, for some seconds,
// beside `neighbours`, which do the same. Then it ends these and evaluates once. `learner` has not
// begun; it needs the memory of a run. The exchange has one rank, so nothing is sent.
PeriodTime measure_period(Learner& learner, comm::Exchange& exchange, Neighbours& neighbours);

}  // namespace laconic
