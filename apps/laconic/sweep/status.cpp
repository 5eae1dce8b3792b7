#include "apps/laconic/sweep/status.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "apps/laconic/run/score.hpp"
#include "framework/base/json_text.hpp"
#include "framework/base/ranges.hpp"
#include "framework/config/problem.hpp"

namespace laconic::sweep {
namespace {

// Fractions have four decimals, so that they line up; other numbers have four digits.
std::string number_text(double value, const std::string& unit) {
  if (!std::isfinite(value)) return "";
  return unit == "fraction" ? fmt::format("{:.4f}", value) : fmt::format("{:.4g}", value);
}

struct TrialRow {
  Standing standing;
  FigureSpec monitor;  // of a finished run
  std::string value;
};

TrialRow row_of(FileSystem& files, const SweepFolder& sweep, const Trial& trial) {
  TrialRow row{sweep.standing(trial.index), {}, ""};
  const std::string path = sweep.run(trial.index) + "/result.json";
  if (row.standing.state != State::done || !files.exists(path)) return row;
  try {
    const nlohmann::json result = parse_json(files.read(path));
    row.monitor = score_of(result).monitor;
    row.value = number_text(metric_of(result, row.monitor.name), row.monitor.unit);
  } catch (const Error&) {  // damaged: no score
  }
  return row;
}

// The figure that finished trials are judged by, where it is the same one.
std::string heading_of(const std::vector<TrialRow>& rows) {
  std::set<std::string> names;
  for (const TrialRow& row : rows)
    if (!row.value.empty()) names.insert(row.monitor.name);
  return names.size() == 1 ? figure_title(*names.begin()) : "score";
}

}  // namespace

Status status_of(FileSystem& files, const SweepFolder& sweep) {
  Status status;
  std::map<State, std::vector<int64_t>> by_state;
  std::vector<TrialRow> rows;
  for (const Trial& trial : sweep.trials()) {
    rows.push_back(row_of(files, sweep, trial));
    by_state[rows.back().standing.state].push_back(trial.index);
  }
  const std::string heading = heading_of(rows);
  const size_t width = std::max<size_t>(12, heading.size());
  status.table = fmt::format("{:>5}  {:<8} {:>8}  {:>{}}  {}\n", "trial", "state", "step", heading,
                             width, "settings");
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& [standing, monitor, value] = rows[i];
    const bool started = standing.state != State::waiting;
    const Trial& trial = sweep.trials()[i];
    status.table += fmt::format(
        "{:>5}  {:<8} {:>8}  {:>{}}  {}\n", trial.index, state_name(standing.state),
        started ? std::to_string(standing.outcome.step) : "", value, width, trial.settings);
    if (standing.state == State::failed)
      status.table += fmt::format("{:>7}({}) {}\n", "", static_cast<int>(standing.outcome.code),
                                  config::shown(standing.outcome.message, 200));
  }
  status.table += sweep.path() + ":";
  for (const auto& [state, trials] : by_state)
    status.table += fmt::format(" {} {}", trials.size(), state_name(state));
  status.table += "\n";
  const std::vector<int64_t> again = sweep.unfinished(true);
  if (!again.empty())
    status.table +=
        fmt::format("not done: {}; go on with: laconic sweep {} {}\n", ranges_text(again),
                    by_state.contains(State::failed) ? "retry" : "run", sweep.path());
  status.all_ended = !by_state.contains(State::waiting) && !by_state.contains(State::running);
  return status;
}

}  // namespace laconic::sweep
