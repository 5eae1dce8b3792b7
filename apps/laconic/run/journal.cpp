#include "apps/laconic/run/journal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/laconic/run/score.hpp"
#include "framework/base/process.hpp"

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

Journal::Journal(Session& session, const Learner& learner, const PhaseTimer& timer)
    : session_(session), learner_(learner), timer_(timer) {
  if (!session.is_root()) return;
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
  write(learner_.figures(), unit_columns_);
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
  s.waited_s = timer_.seconds(PhaseKind::wait);
  size_t shown = 0;
  const Figures& figures = learner_.figures();
  for (size_t i = 0; i < figures.size() && shown + 1 < s.headlines.size(); ++i)
    if (figures.specs()[i].headline && figures.has(i))
      s.headlines[shown++] = {figures.specs()[i].name, figures.value(i),
                              figures.specs()[i].unit == "fraction"};
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
