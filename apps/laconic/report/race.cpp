#include "apps/laconic/report/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/html.hpp"
#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

using nlohmann::json;

std::vector<double> numbers(const json& list) {
  std::vector<double> values;
  for (const json& value : list)
    values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  return values;
}

Course course_of(const Run& run) {
  Course course;
  if (const auto stored = run.result.find("course");
      stored != run.result.end() && stored->is_object()) {
    course.scores = numbers(stored->value("score", json::array()));
    course.seconds = numbers(stored->value("seconds", json::array()));
    course.bytes = numbers(stored->value("bytes_sent", json::array()));
    course.trained_s = number_at(*stored, "trained_s");
  }
  const size_t n = course.scores.size();
  if (n != course.seconds.size() || n != course.bytes.size() ||
      !std::ranges::any_of(course.scores, [](double s) { return std::isfinite(s); }))
    fail(ExitCode::data,
         "{}: holds no evaluations; runs of laconic 0.1 and later that have a "
         "score do (train.evaluate_every)",
         run.path);
  return course;
}

double best_of(const Course& course, Better better) {
  double best = std::nan("");
  for (const double score : course.scores)
    if (is_better(better, score, best)) best = score;
  return best;
}

double ratio(double a, double b) {
  return b > 0 ? a / b : std::nan("");
}

// Returns the text as gnuplot reads it between single quotes.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) continue;
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  const auto characters = [](const std::string& text) {  // not bytes
    return static_cast<size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
  };
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string room(widths[i] - characters(row[i]), ' ');
      text += i == 0 ? row[i] + room : "  " + room + row[i];
    }
    text += "\n";
  }
  return text;
}

}  // namespace

Race::Race(std::vector<Run> runs) : runs_(std::move(runs)), monitor_(runs_.at(0).score.monitor) {
  for (const Run& run : runs_) {
    if (run.score.monitor.name.empty() || run.score.monitor.better == Better::neither)
      fail(ExitCode::data, "{}: no score decides which state is best (train.monitor)", run.path);
    if (run.score.monitor.name != monitor_.name)
      fail(ExitCode::data, "{} is judged by {}, {} by {}: the runs have no common score",
           runs_[0].path, monitor_.name, run.path, run.score.monitor.name);
    courses_.push_back(course_of(run));
    const double best = best_of(courses_.back(), monitor_.better);
    if (courses_.size() == 1 || is_better(monitor_.better, common_, best)) common_ = best;
  }
}

size_t Race::finish(size_t run) const {
  const std::vector<double>& scores = courses_[run].scores;
  return static_cast<size_t>(
      std::ranges::find_if(scores,
                           [&](double score) {
                             return score == common_ || is_better(monitor_.better, score, common_);
                           }) -
      scores.begin());
}

std::string Race::table() const {
  const std::string goal =
      fmt::format("{} {}", figure_title(monitor_.name), figure_text(common_, monitor_.unit));
  const FigureSpec& reported = runs_[0].score.reported[0];
  std::vector<std::vector<std::string>> rows{{"", figure_title(reported.name), "sent per rank",
                                              "trained", "to " + goal + ": time", "sent"}};
  std::string sentences;
  for (size_t r = 0; r < runs_.size(); ++r) {
    const size_t at = finish(r), first = finish(0);
    const Course &course = courses_[r], &other = courses_[0];
    rows.push_back(
        {runs_[r].label, figure_text(metric_of(runs_[r].result, reported.name), reported.unit),
         bytes_text(runs_[r].figure("comm/bytes_sent/max")), seconds_text(course.trained_s),
         seconds_text(course.seconds[at]), bytes_text(course.bytes[at])});
    if (r == 0) continue;
    sentences += fmt::format("{} reached {} in {:.2g} times the seconds of {}", runs_[r].label,
                             goal, ratio(course.seconds[at], other.seconds[first]), runs_[0].label);
    if (const double share = ratio(course.bytes[at], other.bytes[first]); std::isfinite(share))
      sentences += fmt::format(" and with {:.2g} % of its bytes", 100 * share);
    sentences += "\n";
  }
  return aligned(rows) + sentences;
}

std::string Race::title() const {
  std::string text =
      fmt::format("{}, {} ranks", text_at(runs_[0].result, "problem"), runs_[0].figure("ranks"));
  const auto link = [](const Run& run) {
    return std::pair(run.figure("comm/link/mbit"), run.figure("comm/link/latency_us"));
  };
  const auto [mbit, latency_us] = link(runs_[0]);
  if (mbit > 0 &&
      std::ranges::all_of(runs_, [&](const Run& r) { return link(r) == link(runs_[0]); }))
    text += fmt::format(", a link of {:g} Mbit/s and {:g} us", mbit, latency_us);
  return text;
}

std::string Race::script() const {
  constexpr const char* colours[] = {"#cf5a0c", "#2f63c8", "#15845a", "#ad3079",
                                     "#6a48c0", "#0b8494", "#957000", "#c22f2f"};
  const bool percent = monitor_.unit == "fraction";
  const double scale = percent ? 100 : 1;
  std::string data, plots[2];
  for (size_t r = 0; r < runs_.size(); ++r) {
    data += fmt::format("$run{} << END\n", r);
    for (size_t i = 0; i < courses_[r].scores.size(); ++i)
      if (std::isfinite(courses_[r].scores[i]))
        data += fmt::format("{:.7g} {:.7g} {:.7g}\n", courses_[r].seconds[i],
                            1e-6 * courses_[r].bytes[i], scale * courses_[r].scores[i]);
    data += "END\n";
    for (const int panel : {0, 1})
      plots[panel] += fmt::format(
          "{}$run{} using {}:3 with linespoints linewidth 2 pointtype 7 pointsize 0.45 linecolor "
          "rgb '{}' {}",
          r == 0 ? "plot " : ", \\\n  ", r, panel + 1, colours[r % std::size(colours)],
          panel == 0 ? "title " + quoted(runs_[r].label) : "notitle");
  }
  const auto goal = [&](const char* title) {
    return fmt::format(", \\\n  {:.7g} with lines dashtype 2 linecolor rgb '#5a646e' {}\n",
                       scale * common_, title);
  };
  return fmt::format(
             "set terminal svg size 900,360 dynamic noenhanced font 'sans-serif,13' background "
             "'#ffffff'\nset encoding utf8\nset samples 2\n{}"
             "set multiplot layout 1,2 title {}\n"
             "set border 3\nset tics nomirror scale 0.5\nset grid linecolor rgb '#e1e4e7'\n"
             "set key bottom right\nset ylabel {}\nset xrange [0:*]\n"
             "set xlabel 'seconds of training'\n{}{}",
             data, quoted(title()), quoted(figure_title(monitor_.name) + (percent ? " (%)" : "")),
             plots[0], goal(("title " + quoted("common score")).c_str())) +
         fmt::format(
             "set xrange [*:*]\nset logscale x\nset format x '%.7g'\n"
             "set xlabel 'MB that rank 0 has sent'\n{}{}unset multiplot\n",
             plots[1], goal("notitle"));
}

bool write_picture(FileSystem& files, const Race& race, const std::string& path) {
  const std::optional<std::string> drawn = run_gnuplot(race.script());
  if (!drawn) return false;
  write_atomically(files, path, *drawn);
  return true;
}

}  // namespace laconic::report
