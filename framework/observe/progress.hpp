// What a person sees of a run: one line that is rewritten (live), or a line an interval (log).
// Formatting is pure; the clock and the sink are given, so that tests need neither time nor
// terminal. Between two lines an update costs one reading of the clock and no allocation.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>

namespace laconic {

inline constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

struct ProgressLine {
  int64_t step = 0, steps = 0;  // done, in total (0: not known)
  double epoch = not_known, epochs = not_known;
  double loss = not_known;
  double accuracy = not_known;            // fraction
  double samples_per_second = not_known;  // over all ranks
  double exchange_share = not_known;      // fraction of the time that went to the exchange
  double seconds_left = not_known;
};

// "step 120/3000  epoch 2.40/60  loss 0.4312  acc 83.1 %  12.3k samples/s  exchange 4 %  ETA
// 1:02:03"; what is not known is left out. Written into `buffer` (cut when too small), which it is
// a view of.
std::string_view format_progress(const ProgressLine& line, std::span<char> buffer);

enum class ProgressMode { off, log, live };

class Progress {
 public:
  using Clock = std::function<double()>;  // seconds, steady
  using Sink = std::function<void(std::string_view)>;

  // `interval_s`: between two lines in mode log; live is rewritten every 0.1 s. `columns`: width of
  // the terminal, a live line is cut to it so that it can be rewritten.
  Progress(ProgressMode mode, double interval_s, int columns, Clock clock, Sink sink);

  struct State {
    int64_t step = 0, steps = 0;
    double epoch = not_known, epochs = not_known;
    double loss = not_known, accuracy = not_known;
    int64_t samples = 0;          // since the start of the run, over all ranks
    double exchange_seconds = 0;  // since the start of the run, exposed part
  };
  // After every step; writes when it is time. Rates are those since the last line, the time left is
  // extrapolated from the steps since this process started.
  void update(const State& state);
  void finish(const State& state);  // the last line, whatever the time; ends a live line

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
