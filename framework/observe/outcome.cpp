#include "framework/observe/outcome.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/json_text.hpp"

namespace laconic {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 4> status_names = {"running", "completed", "stopped", "failed"};

constexpr std::array<std::string_view, 28> result_keys = {
    "status",    "method",  "problem",   "ranks",        "threads",    "isa",
    "seed",      "steps",   "epochs",    "period",       "monitor",    "better",
    "figures",   "metrics", "baselines", "phases",       "time_s",     "time_over_ranks_s",
    "straggler", "shares",  "comm",      "memory_bytes", "parameters", "config_hash",
    "data_hash", "git",     "host",      "course"};

// Removes null and non-finite values: JSON has no NaN, and keys that do not apply are absent.
void drop_unknown(json& value) {
  const auto is_unknown = [](const json& v) {
    return v.is_null() || (v.is_number_float() && !std::isfinite(v.get<double>())) ||
           (v.is_object() && v.empty());
  };
  if (!value.is_object()) return;
  for (auto at = value.begin(); at != value.end();) {
    drop_unknown(*at);
    at = is_unknown(*at) ? value.erase(at) : std::next(at);
  }
}

std::string to_text(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

RunStatus status_of(ExitCode code) {
  if (code == ExitCode::success) return RunStatus::completed;
  return code == ExitCode::stopped ? RunStatus::stopped : RunStatus::failed;
}

const char* status_name(RunStatus status) {
  return status_names[static_cast<size_t>(status)];
}

void write_outcome(FileSystem& files, const std::string& run_folder, const Outcome& outcome) {
  json text = {{"status", status_name(outcome.status)},
               {"step", outcome.step},
               {"message", outcome.message},
               {"host", outcome.process.host},
               {"pid", outcome.process.pid},
               {"start_ticks", outcome.process.start_ticks},
               {"started", outcome.started},
               {"started_utc", utc_time(outcome.started)},
               {"written_utc", utc_time(wall_seconds())}};
  if (outcome.status != RunStatus::running) text["code"] = static_cast<int>(outcome.code);
  write_atomically(files, run_folder + "/outcome.json", to_text(text));
}

Outcome read_outcome(FileSystem& files, const std::string& run_folder) {
  const std::string path = run_folder + "/outcome.json";
  try {
    const json text = parse_json(files.read(path));
    const std::string status = text.at("status");
    const auto found = std::ranges::find(status_names, status);
    if (found == status_names.end()) fail(ExitCode::data, "{}: unknown status '{}'", path, status);
    return {static_cast<RunStatus>(found - status_names.begin()),
            static_cast<ExitCode>(text.value("code", 0)),
            text.at("step"),
            text.at("message"),
            {text.at("host"), text.at("pid"), text.at("start_ticks")},
            text.at("started")};
  } catch (const json::exception& error) {
    fail(ExitCode::data, "{}: {}", path, error.what());
  }
}

void write_result(FileSystem& files, const std::string& run_folder, json result) {
  const std::string periods = result.value("period", "epoch") + "s";
  for (const auto& [key, value] : result.items())
    LACONIC_CHECK(key == periods || std::ranges::find(result_keys, key) != result_keys.end(),
                  "result.json has no key {}", key);
  drop_unknown(result);
  write_atomically(files, run_folder + "/result.json", to_text(result));
}

}  // namespace laconic
