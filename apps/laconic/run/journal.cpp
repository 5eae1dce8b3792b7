#include "apps/laconic/run/journal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/laconic/run/score.hpp"
#include "framework/base/process.hpp"
#include "framework/observe/trace.hpp"

namespace laconic {
namespace {

std::unique_ptr<Progress> make_progress(const ObserveOptions& options) {
  winsize size{};
  const int columns =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
  const auto sink = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  return std::make_unique<Progress>(options.progress, options.interval, columns, steady_seconds,
                                    sink);
}

// TensorBoard groups by the part before the slash: what a unit reports is about training.
std::string tag_of(const std::string& figure) {
  return figure.find('/') == std::string::npos ? "train/" + figure : figure;
}

}  // namespace

Journal::Journal(Session& session, const Learner& learner, Ledger& ledger)
    : session_(session), learner_(learner), ledger_(ledger) {
  if (!session.is_root()) return;
  newest_.assign(learner.figures().size(), not_known);
  for (size_t i = 0; i < learner.figures().size(); ++i)
    unit_columns_.push_back({i, tag_of(learner.figures().specs()[i].name)});
  // How training goes is in the line of every unit.
  for (size_t i = 0; i < learner.scores().size(); ++i)
    if (const std::string& name = learner.scores().specs()[i].name; !name.starts_with("train/"))
      score_columns_.push_back({i, tag_of(name)});
  progress_ = make_progress(session.config().get<ObserveOptions>());
}

void Journal::open(int64_t metrics_length) {
  if (!session_.is_root()) return;
  session_.folder().open_logs(learner_.step() + 1, metrics_length,
                              session_.config().get<ObserveOptions>().tensorboard);
  if (EventWriter* events = session_.folder().events()) write_settings(*events);
  last_unit_s_ = steady_seconds();
  last_samples_ = learner_.samples();
}

// Writes the configuration as a text, and what was set in it as hyperparameters.
void Journal::write_settings(EventWriter& events) const {
  const config::Resolved& resolved = session_.config().resolved();
  nlohmann::json set = {{"ranks", session_.exchange().size()}, {"seed", session_.config().seed()}};
  for (const config::Resolved::Entry& entry : resolved.entries())
    if (entry.used && entry.numeric && entry.origin.kind != config::Origin::default_value)
      set[entry.path] = entry.value;
  const int64_t step = learner_.step() + 1;
  const double now = wall_seconds();
  events.text("configuration", "```yaml\n" + resolved.to_yaml() + "```\n", step, now);
  events.hyperparameters(set, step, now);
}

// Writes what depends on the machine. It is not part of metrics.jsonl, which has the same bytes in
// every repetition of a run.
void Journal::write_speed(EventWriter& events) {
  const int64_t step = learner_.step(), samples = learner_.samples();
  const double now = wall_seconds(), unit_s = steady_seconds();
  if (samples > last_samples_ && unit_s > last_unit_s_)
    events.scalar(
        "speed/samples_per_second",
        static_cast<float>(static_cast<double>(samples - last_samples_) / (unit_s - last_unit_s_)),
        step, now);
  if (session_.exchange().size() > 1)
    events.scalar("speed/bytes_sent", static_cast<float>(ledger_.bytes_sent()), step, now);
  last_samples_ = samples;
  last_unit_s_ = unit_s;
}

void Journal::write(const Figures& figures, const std::vector<Column>& columns) {
  MetricsLog& metrics = session_.folder().metrics();
  EventWriter* events = session_.folder().events();
  const int64_t step = learner_.step();
  const double now = wall_seconds();
  const Period period = learner_.period();
  metrics.put("step", step);
  metrics.put(period.name, period.number);
  for (const Column& column : columns) {
    if (!figures.has(column.figure)) continue;
    const double value = figures.value(column.figure);
    metrics.put(figures.specs()[column.figure].name, value);
    if (events != nullptr) events->scalar(column.tag, static_cast<float>(value), step, now);
  }
  metrics.end_line();
}

void Journal::unit() {
  if (!session_.is_root()) return;
  session_.folder().set_step(learner_.step());
  session_.folder().heartbeat();
  const Figures& figures = learner_.figures();
  for (size_t i = 0; i < figures.size(); ++i)
    if (figures.has(i)) newest_[i] = figures.value(i);
  write(figures, unit_columns_);
  if (EventWriter* events = session_.folder().events()) write_speed(*events);
  progress_->update(progress_state());
}

void Journal::evaluation(const FigureSpec& monitor, double score) {
  if (!session_.is_root()) return;
  write(learner_.scores(), score_columns_);
  if (monitor.name.empty()) return;
  score_name_ = figure_title(monitor.name);
  score_ = {score_name_, score, monitor.unit == "fraction"};
}

void Journal::finish() {
  if (session_.is_root()) progress_->finish(progress_state());
}

Progress::State Journal::progress_state() const {
  const Period period = learner_.period();
  Progress::State s;
  s.step = learner_.step();
  s.steps = session_.last_step(learner_.steps());
  s.period = period.name;
  s.periods_done = period.progress;
  s.periods = period.total;
  s.samples = learner_.samples();
  s.waited_s = ledger_.timer().seconds(PhaseKind::wait);
  size_t shown = 0;
  const std::vector<FigureSpec>& specs = learner_.figures().specs();
  for (size_t i = 0; i < specs.size() && shown + 1 < s.headlines.size(); ++i)
    if (specs[i].headline)  // those that are not known are left out
      s.headlines[shown++] = {specs[i].name, newest_[i], specs[i].unit == "fraction"};
  s.headlines[shown] = score_;
  return s;
}

void Journal::sync() {
  if (session_.is_root()) session_.folder().metrics().sync();
}

int64_t Journal::length() const {
  return session_.is_root() ? session_.folder().metrics().length() : 0;
}

}  // namespace laconic
