// Where the time of a run goes, in the phases that result.json reports. Measuring costs two
// readings of the clock and an atomic addition; no allocation; any thread. With a Trace every
// measured interval also becomes an event of the timeline.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "framework/observe/trace.hpp"

namespace laconic {

enum class Phase {
  data,  // waiting for a batch
  forward,
  backward,
  exchange,          // from the first byte sent to the last received, hidden or not
  exchange_exposed,  // the part of it during which computation waited
  update,
  evaluate,
  checkpoint,
};
inline constexpr std::array<const char*, 8> phase_names = {
    "data",   "forward",  "backward",  "exchange", "exchange_exposed",
    "update", "evaluate", "checkpoint"};

class PhaseTimer {
 public:
  explicit PhaseTimer(Trace* trace = nullptr) : trace_(trace) {}

  class Scope {
   public:
    Scope(PhaseTimer& timer, Phase phase, int thread)
        : timer_(timer), phase_(phase), thread_(thread), start_ns_(steady_ns()) {}
    ~Scope() { timer_.add(phase_, start_ns_, steady_ns(), thread_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    PhaseTimer& timer_;
    Phase phase_;
    int thread_;
    int64_t start_ns_;
  };

  // Until the Scope ends. `thread` is the number from Trace::add_thread().
  [[nodiscard]] Scope measure(Phase phase, int thread = 0) { return Scope(*this, phase, thread); }

  void add(Phase phase, int64_t start_ns, int64_t end_ns, int thread = 0) {
    const auto i = static_cast<size_t>(phase);
    nanoseconds_[i].fetch_add(end_ns - start_ns, std::memory_order_relaxed);
    if (trace_ != nullptr) trace_->record(phase_names[i], thread, start_ns, end_ns);
  }

  double seconds(Phase phase) const {
    return static_cast<double>(nanoseconds_[static_cast<size_t>(phase)].load()) * 1e-9;
  }
  // A resumed run goes on counting where the checkpoint stopped.
  void restore(Phase phase, double seconds) {
    nanoseconds_[static_cast<size_t>(phase)] = static_cast<int64_t>(seconds * 1e9);
  }

 private:
  Trace* trace_;
  std::array<std::atomic<int64_t>, phase_names.size()> nanoseconds_{};
};

}  // namespace laconic
