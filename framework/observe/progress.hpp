// Shows progress on the terminal: one line that is rewritten (live), or one line per interval
// (log). Formatting is a pure function. Clock and sink are arguments, so tests need neither time
// nor a terminal. An update that writes no line costs one reading of the clock and allocates
// nothing.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>

namespace laconic {

inline constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

// A figure of the line: "loss 0.4312", or "accuracy 83.1 %" for a fraction.
struct Headline {
  std::string_view name;  // empty: none
  double value = not_known;
  bool is_fraction = false;
};
using Headlines = std::array<Headline, 3>;

struct ProgressLine {
  int64_t step = 0, steps = 0;  // done, in total (0: not known)
  std::string_view period = "epoch";
  double periods_done = not_known, periods = 0;  // 0: not known
  Headlines headlines = {};
  double samples_per_second = not_known;  // over all ranks
  double exchange_share = not_known;      // fraction of the time spent waiting for the exchange
  double seconds_left = not_known;
};

// Writes one line into `buffer` and returns a view of it. Values that are not known are left out.
// The line is cut if the buffer is too small. Example, in two parts:
//   "step 120/3000  epoch 2.40/60  loss 0.4312  accuracy 83.1 %  val accuracy 81.0 %"
//   "  12.3k samples/s  exchange 4 %  ETA 1:02:03"
std::string_view format_progress(const ProgressLine& line, std::span<char> buffer);

enum class ProgressMode { off, log, live };

class Progress {
 public:
  using Clock = std::function<double()>;  // steady clock, in seconds
  using Sink = std::function<void(std::string_view)>;

  // `interval_s`: time between two lines in mode log; a live line is rewritten every 0.1 s.
  // `columns`: width of the terminal. A live line is cut to this width so that it can be rewritten.
  Progress(ProgressMode mode, double interval_s, int columns, Clock clock, Sink sink);

  struct State {
    int64_t step = 0, steps = 0;
    std::string_view period = "epoch";
    double periods_done = not_known, periods = 0;
    Headlines headlines = {};
    int64_t samples = 0;  // since the start of the run, over all ranks
    double waited_s = 0;  // since the start of the run, for the exchange
  };
  // Writes a line if the interval is over. Call it after every step. Rates are those since the last
  // line. The time left is extrapolated from the steps since this process started.
  void update(const State& state);
  void finish(const State& state);  // writes the last line at once; ends a live line

 private:
  void show(const State& state, double now);

  ProgressMode mode_;
  double interval_s_;
  size_t columns_;
  Clock clock_;
  Sink sink_;
  bool started_ = false;
  double start_ = 0, last_time_ = 0;
  State first_, last_;
};

}  // namespace laconic
