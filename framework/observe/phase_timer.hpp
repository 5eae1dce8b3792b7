// Measures how much time a run spends in each phase. The method names the phases. A measurement
// costs two readings of the clock and an atomic addition, and allocates nothing. With a Trace every
// measured interval also becomes an event of the timeline.
//
// Thread safety: any thread may call add(), measure() and seconds(). Call declare() before they
// start.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/observe/trace.hpp"

namespace laconic {

// The kind of a phase:
//   work    the rank computes, and other ranks may wait for it
//   wait    the rank waits for other ranks
//   hidden  runs at the same time as work
//   other   anything outside the units
enum class PhaseKind { work, wait, hidden, other };
const char* phase_kind_name(PhaseKind kind);

struct Phase {
  size_t index = 0;
};

class PhaseTimer {
 public:
  static constexpr size_t most_phases = 32;

  struct Spec {
    const char* name;  // a literal
    PhaseKind kind;
  };

  // Returns the phase of this name, which is declared if it does not exist yet.
  Phase declare(const char* name, PhaseKind kind);
  void record_into(Trace* trace) { trace_ = trace; }

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

  // Measures until the Scope ends. `thread` is a number from Trace::add_thread().
  [[nodiscard]] Scope measure(Phase phase, int thread = 0) { return Scope(*this, phase, thread); }

  void add(Phase phase, int64_t start_ns, int64_t end_ns, int thread = 0) {
    nanoseconds_[phase.index].fetch_add(end_ns - start_ns, std::memory_order_relaxed);
    if (trace_ != nullptr) trace_->record(specs_[phase.index].name, thread, start_ns, end_ns);
  }

  double seconds(PhaseKind kind) const;  // of all phases of this kind
  double seconds(Phase phase) const {
    return static_cast<double>(nanoseconds_[phase.index].load()) * 1e-9;
  }
  std::span<const Spec> specs() const { return specs_; }
  // Sets the time of the phase to that of a checkpoint; later measurements are added to it.
  void restore(Phase phase, double seconds) {
    nanoseconds_[phase.index] = static_cast<int64_t>(seconds * 1e9);
  }

 private:
  Trace* trace_ = nullptr;
  std::vector<Spec> specs_;
  std::array<std::atomic<int64_t>, most_phases> nanoseconds_{};
};

}  // namespace laconic
