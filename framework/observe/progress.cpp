#include "framework/observe/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace laconic {
namespace {

constexpr double live_interval_s = 0.1;

// Appends text to a fixed buffer and stops at its end.
class Text {
 public:
  explicit Text(std::span<char> buffer) : buffer_(buffer) {}
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    const size_t room = buffer_.size() - length_;
    const auto result =
        fmt::format_to_n(buffer_.data() + length_, room, format, std::forward<Args>(args)...);
    length_ += std::min(room, result.size);
  }
  std::string_view view() const { return {buffer_.data(), length_}; }

 private:
  std::span<char> buffer_;
  size_t length_ = 0;
};

void put_rate(Text& text, double rate) {
  if (rate >= 1e6) {
    text.put("  {:.2f}M samples/s", rate / 1e6);
  } else if (rate >= 1e4) {
    text.put("  {:.1f}k samples/s", rate / 1e3);
  } else {
    text.put("  {:.{}f} samples/s", rate, rate < 10 ? 2 : 0);
  }
}

void put_duration(Text& text, double seconds) {
  const auto s = static_cast<int64_t>(std::min(seconds + 0.5, 1e15));
  if (s >= 3600) {
    text.put("  ETA {}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  } else {
    text.put("  ETA {}:{:02}", s / 60, s % 60);
  }
}

}  // namespace

std::string_view format_progress(const ProgressLine& line, std::span<char> buffer) {
  const auto known = [](double value) { return !std::isnan(value); };
  Text text(buffer);
  text.put("step {}", line.step);
  if (line.steps > 0) text.put("/{}", line.steps);
  if (known(line.periods_done)) text.put("  {} {:.2f}", line.period, line.periods_done);
  if (known(line.periods_done) && line.periods > 0) text.put("/{:g}", line.periods);
  for (const Headline& figure : line.headlines) {
    if (figure.name.empty() || !known(figure.value)) continue;
    if (figure.is_fraction)
      text.put("  {} {:.1f} %", figure.name, 100 * figure.value);
    else
      text.put("  {} {:.4g}", figure.name, figure.value);
  }
  if (known(line.samples_per_second)) put_rate(text, line.samples_per_second);
  if (known(line.exchange_share)) text.put("  exchange {:.0f} %", 100 * line.exchange_share);
  if (known(line.seconds_left)) put_duration(text, line.seconds_left);
  return text.view();
}

Progress::Progress(ProgressMode mode, double interval_s, int columns, Clock clock, Sink sink)
    : mode_(mode),
      interval_s_(mode == ProgressMode::live ? live_interval_s : interval_s),
      columns_(static_cast<size_t>(std::max(columns, 20))),
      clock_(std::move(clock)),
      sink_(std::move(sink)) {}

void Progress::update(const State& state) {
  if (mode_ == ProgressMode::off) return;
  const double now = clock_();
  if (!started_) {  // rates need a first point
    started_ = true;
    start_ = last_time_ = now;
    first_ = last_ = state;
  } else if (now - last_time_ >= interval_s_) {
    show(state, now);
  }
}

void Progress::finish(const State& state) {
  if (mode_ == ProgressMode::off) return;
  if (!started_) update(state);
  show(state, clock_());
  if (mode_ == ProgressMode::live) sink_("\n");
}

void Progress::show(const State& state, double now) {
  ProgressLine line{.step = state.step,
                    .steps = state.steps,
                    .period = state.period,
                    .periods_done = state.periods_done,
                    .periods = state.periods,
                    .headlines = state.headlines};
  if (const double elapsed = now - last_time_; elapsed > 0) {
    if (state.samples > 0)
      line.samples_per_second = static_cast<double>(state.samples - last_.samples) / elapsed;
    line.exchange_share = (state.waited_s - last_.waited_s) / elapsed;
  }
  if (state.step > first_.step && state.steps > 0)
    line.seconds_left = (now - start_) / static_cast<double>(state.step - first_.step) *
                        static_cast<double>(state.steps - state.step);
  last_ = state;
  last_time_ = now;

  // \r and "erase to the end of the line" around the text make a live line; it may not wrap.
  constexpr std::string_view erase = "\x1b[K";
  std::array<char, 256> buffer;
  if (mode_ == ProgressMode::live) {
    buffer[0] = '\r';
    const size_t room = std::min(columns_ - 1, buffer.size() - 1 - erase.size());
    const auto text = format_progress(line, std::span(buffer).subspan(1, room));
    std::ranges::copy(erase, buffer.begin() + 1 + static_cast<std::ptrdiff_t>(text.size()));
    sink_({buffer.data(), 1 + text.size() + erase.size()});
  } else {
    const auto text = format_progress(line, std::span(buffer).first(buffer.size() - 1));
    buffer[text.size()] = '\n';
    sink_({buffer.data(), text.size() + 1});
  }
}

}  // namespace laconic
