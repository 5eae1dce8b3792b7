// Records a timeline of chosen steps for chrome://tracing or ui.perfetto.dev. Memory is reserved at
// the start; recording an event costs one atomic increment and a store. When the memory is full,
// later events are counted and dropped. Times are whole nanoseconds. The file counts from its
// earliest event, and contains the time of that event.
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

  // Adds a thread and returns its number, the argument `thread` of record(). Call it before
  // recording starts.
  int add_thread(const std::string& name);
  // Sets the step of later events, and starts or stops recording.
  void set_step(int64_t step);
  bool is_recording() const { return recording_.load(std::memory_order_relaxed); }

  // Adds an event of the present step to the timeline. With `what` the event also has that
  // argument, equal to `number` ("bucket", 3).
  // Units: start_ns and end_ns are nanoseconds of the steady clock.
  // Thread safety: thread-safe.
  // Lifetime: `name` and `what` must outlive the trace (literals).
  void record(const char* name, int thread, int64_t start_ns, int64_t end_ns,
              const char* what = nullptr, int64_t number = 0);

  int64_t dropped() const;
  // Returns this rank's events as text for trace_file(). Call it after all threads have stopped
  // recording.
  std::string events() const;

 private:
  struct Event {
    const char* name;
    int thread;
    int64_t start_ns, end_ns;
    int64_t step;
    const char* what;
    int64_t number;
  };
  int rank_;
  int64_t first_step_, end_step_;
  int64_t wall_offset_ns_;  // from steady clock to wall clock, so that ranks share a time axis
  std::atomic<bool> recording_{false};
  std::atomic<int64_t> step_{0};
  std::atomic<int64_t> count_{0};
  std::vector<Event> events_;
  std::vector<std::string> threads_;
};

// Returns the text of trace.json from the events() of each rank.
std::string trace_file(std::span<const std::string> events_of_ranks);

int64_t steady_ns();
inline double steady_seconds() {
  return static_cast<double>(steady_ns()) * 1e-9;
}

}  // namespace laconic
