#include "apps/laconic/sweep/status.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "framework/base/ranges.hpp"
#include "framework/config/problem.hpp"

namespace laconic::sweep {
namespace {

struct Score {
  std::string name, value;
};

// The validation score of a finished run: the first of these that its result has.
Score score_of(FileSystem& files, const std::string& run) {
  if (!files.exists(run + "/result.json")) return {"", ""};
  const auto result = nlohmann::json::parse(files.read(run + "/result.json"), nullptr, false);
  for (const char* name : {"accuracy", "micro_f1", "loss"}) {
    const nlohmann::json::json_pointer at(fmt::format("/metrics/val/{}", name));
    if (result.is_object() && result.contains(at) && result[at].is_number())
      return {name, fmt::format("{:.4f}", result[at].get<double>())};
  }
  return {"", ""};
}

}  // namespace

Status status_of(FileSystem& files, const SweepFolder& sweep) {
  Status status;
  std::map<State, std::vector<int64_t>> by_state;
  std::string lines, score_name = "score";
  for (const Trial& trial : sweep.trials()) {
    const Standing standing = sweep.standing(trial.index);
    by_state[standing.state].push_back(trial.index);
    Score score{"", ""};
    if (standing.state == State::done) score = score_of(files, sweep.run(trial.index));
    if (!score.name.empty()) score_name = score.name;
    const bool started = standing.state != State::waiting;
    lines += fmt::format(
        "{:>5}  {:<8} {:>8}  {:>12}  {}\n", trial.index, state_name(standing.state),
        started ? std::to_string(standing.outcome.step) : "", score.value, trial.settings);
    if (standing.state == State::failed)
      lines += fmt::format("{:>7}({}) {}\n", "", static_cast<int>(standing.outcome.code),
                           config::shown(standing.outcome.message, 200));
  }
  status.table = fmt::format("{:>5}  {:<8} {:>8}  {:>12}  {}\n{}{}:", "trial", "state", "step",
                             "val " + score_name, "settings", lines, sweep.path());
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
