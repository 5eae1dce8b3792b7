#include "apps/laconic/sweep/sweep_folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <set>
#include <sstream>

#include "apps/laconic/run/config.hpp"
#include "framework/base/run_lock.hpp"
#include "framework/base/sha256.hpp"
#include "framework/config/scalar.hpp"

namespace laconic::sweep {
namespace {

std::string sha256(std::string_view text) {
  Sha256 sha;
  sha.update(text);
  return sha.hex();
}

config::SweepRow to_row(const Row& row, const std::string& run) {
  config::SweepRow result = {{"run.dir", config::print_text(run)}, {"run.if_exists", "resume"}};
  for (const Setting& setting : row) result[setting.path] = setting.text;
  return result;
}

std::string settings_text(const Row& row) {
  std::string text;
  for (const Setting& setting : row)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", setting.path, setting.text);
  return text.empty() ? "-" : text;
}

// Converts a mistake in a value of a row to one in the sweep's file.
config::Problem in_file(config::Problem problem, const Row& row, const std::string& file) {
  for (const Setting& setting : row)
    if (problem.where == fmt::format("sweep: {}={}", setting.path, setting.text)) {
      problem.where = file;
      problem.line = setting.at.line;
      problem.col = setting.at.col;
    }
  return problem;
}

// Returns the resolved configuration of every trial.
std::vector<std::string> resolve_all(const SweepFile& sweep) {
  std::vector<std::string> texts;
  std::vector<config::Problem> problems;
  std::set<std::string> told;  // mistakes that were reported: many rows share one
  for (size_t i = 0; i < sweep.rows.size(); ++i) {
    const Row& row = sweep.rows[i];
    const std::string run = fmt::format("{}/trials/{}", sweep.options.folder, i);
    try {
      texts.push_back(load_config(sweep.options.base, {}, to_row(row, run)).resolved().to_yaml());
    } catch (const config::ConfigError& error) {
      for (const config::Problem& problem : error.problems()) {
        config::Problem here = in_file(problem, row, sweep.file);
        if (told.insert(here.text()).second) problems.push_back(std::move(here));
      }
    }
  }
  if (!problems.empty()) throw config::ConfigError(std::move(problems));
  return texts;
}

bool is_alive(const SweepFolder& folder, int64_t trial, const ProcessIdentity& owner) {
  if (owner.host == this_process().host) return laconic::is_alive(owner);
  struct stat status {};
  return ::stat((folder.run(trial) + "/lock").c_str(), &status) == 0 &&
         std::abs(wall_seconds() - static_cast<double>(status.st_mtime)) <
             RunLock::heartbeat_limit_s;
}

// Writes a file of the sweep, unless it is there already, as when another plans the same sweep now.
void write_once(FileSystem& files, const std::string& path, const std::string& text) {
  if (files.kind(path) == FileKind::none) return write_atomically(files, path, text);
  if (files.kind(path) != FileKind::file || files.read(path) != text)
    fail(ExitCode::cannot_create,
         "{}: is there already, with other contents than this sweep has; choose another folder or "
         "name, or move it away",
         path);
}

}  // namespace

const char* state_name(State state) {
  constexpr std::array names = {"waiting", "running", "done", "stopped", "killed", "failed"};
  return names[static_cast<size_t>(state)];
}

SweepFolder SweepFolder::plan(FileSystem& files, const SweepFile& sweep, const std::string& text) {
  const std::vector<std::string> configs = resolve_all(sweep);
  std::string table = "index\tsha256\tsettings\n";
  for (size_t i = 0; i < configs.size(); ++i)
    table += fmt::format("{}\t{}\t{}\n", i, sha256(configs[i]), settings_text(sweep.rows[i]));
  const std::string& path = sweep.options.folder;
  SweepFolder folder(files, path);
  if (files.exists(path + "/trials.tsv")) {
    if (files.read(path + "/trials.tsv") != table)
      fail(ExitCode::cannot_create,
           "{}: is planned already, to other trials than {} and its base say now; go on with it: "
           "laconic sweep run {}; or choose another folder or name",
           path, sweep.file, path);
    return open(files, path);
  }
  files.make_directories(path + "/trials");
  for (size_t i = 0; i < configs.size(); ++i)
    write_once(files, folder.config(static_cast<int64_t>(i)), configs[i]);
  write_once(files, path + "/sweep.yaml", text);
  // The trials must not change later; how they are started may.
  write_once(files, path + "/trials.tsv", table);
  return open(files, path);
}

SweepFolder SweepFolder::open(FileSystem& files, const std::string& path) {
  SweepFolder folder(files, std::filesystem::absolute(path).lexically_normal().string());
  const std::string table = folder.path_ + "/trials.tsv";
  if (!files.exists(table))
    fail(ExitCode::data, "{}: no sweep; make one with: laconic sweep plan FILE.yaml", path);
  folder.options_ =
      read_sweep(files.read(folder.path_ + "/sweep.yaml"), folder.path_ + "/sweep.yaml").options;
  std::istringstream lines(files.read(table));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    Trial trial{std::ssize(folder.trials_), ""};
    if (second == line.npos || line.substr(0, first) != std::to_string(trial.index))
      fail(ExitCode::data, "{}:{}: damaged", table, trial.index + 2);
    trial.settings = line.substr(second + 1);
    if (sha256(files.read(folder.config(trial.index))) !=
        line.substr(first + 1, second - first - 1))
      fail(ExitCode::data, "{}: was changed after it was planned; plan another sweep for that",
           folder.config(trial.index));
    folder.trials_.push_back(std::move(trial));
  }
  return folder;
}

Standing SweepFolder::standing(int64_t trial) const {
  if (!files_->exists(run(trial) + "/outcome.json")) return {};
  Standing result{State::failed, read_outcome(*files_, run(trial))};
  switch (result.outcome.status) {
    case RunStatus::running:
      result.state =
          is_alive(*this, trial, result.outcome.process) ? State::running : State::killed;
      break;
    case RunStatus::completed:
      result.state = State::done;
      break;
    case RunStatus::stopped:
      result.state = State::stopped;
      break;
    case RunStatus::failed:
      break;
  }
  return result;
}

std::vector<int64_t> SweepFolder::unfinished(bool retry) const {
  std::vector<int64_t> result;
  for (const Trial& trial : trials_) {
    const State state = standing(trial.index).state;
    if (state == State::waiting || state == State::stopped || state == State::killed ||
        (retry && state == State::failed))
      result.push_back(trial.index);
  }
  return result;
}

}  // namespace laconic::sweep
