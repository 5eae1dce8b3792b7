// Records the events of this rank during the steps that observe.trace_* selects. Writes trace.json
// as soon as these steps are done.
#pragma once

#include <memory>

#include "apps/laconic/run/session.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

class Timeline {
 public:
  // Reserves memory for `events_per_unit` events per unit at most.
  // Lifetime: `session` and `timer` must outlive this object.
  Timeline(Session& session, PhaseTimer& timer, int64_t events_per_unit);
  ~Timeline();

  void start(int64_t step);  // sets the first step of this start
  // Begins the unit at `step`. Writes the file if the selected steps are done. Collective.
  void begin(int64_t step);
  void end(int64_t start_ns);  // ends the unit that began at `start_ns`
  void finish();               // writes the file if it is not there. Collective.

 private:
  int64_t last_step() const;

  Session& session_;
  PhaseTimer& timer_;
  std::unique_ptr<Trace> trace_;  // null: not on this rank
  bool pending_ = false;          // the file is still to be written; the same on all ranks
};

}  // namespace laconic
