// A timeline of chosen steps for chrome://tracing or ui.perfetto.dev. Memory is reserved at the
// start; recording is one atomic increment and a store, from any thread. When the memory is full,
// further events are counted and dropped: the chosen steps are complete from their beginning.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace laconic {

class Trace {
 public:
  // Records while the step is in [first_step, end_step).
  Trace(int rank, int64_t first_step, int64_t end_step, int64_t capacity);

  // A name for the events of one thread; before recording starts. Returns the number to record
  // with.
  int add_thread(const std::string& name);
  void set_step(int64_t step);
  bool is_recording() const { return recording_.load(std::memory_order_relaxed); }

  // `name` and `what` must outlive the trace (literals). Times in nanoseconds of the steady clock.
  // `number` says which one of its kind the event is, `what` the kind; without `what`, nothing.
  void record(const char* name, int thread, int64_t start_ns, int64_t end_ns,
              const char* what = nullptr, int64_t number = 0);

  int64_t dropped() const;
  // This rank's events as JSON objects separated by commas; join the ranks' with trace_file(). Only
  // when no thread records any more.
  std::string events() const;

 private:
  struct Event {
    const char* name;
    int thread;
    int64_t start_ns, end_ns;
    const char* what;
    int64_t number;
  };
  int rank_;
  int64_t first_step_, end_step_;
  int64_t wall_offset_ns_;  // steady clock to wall clock, so that ranks share a time axis
  std::atomic<bool> recording_{false};
  std::atomic<int64_t> count_{0};
  std::vector<Event> events_;
  std::vector<std::string> threads_;
};

std::string trace_file(std::span<const std::string> events_of_ranks);  // the text of trace.json

int64_t steady_ns();
inline double steady_seconds() {
  return static_cast<double>(steady_ns()) * 1e-9;
}

}  // namespace laconic
