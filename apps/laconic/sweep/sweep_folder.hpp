// The sweep folder: an immutable table of trials, a configuration and a run folder each.
//
//   sweep.yaml          the file it was planned from
//   trials.tsv          written last: index, SHA-256 of trials/<index>.yaml, settings
//   trials/<index>.yaml the trial's resolved configuration, run folder included
//   trials/<index>/     its run folder;  trials/<index>.log  what it printed, where laconic ran it
//
// A trial's state is what its run folder says; nothing else is kept that could disagree with it.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/sweep/sweep_file.hpp"
#include "framework/base/file.hpp"
#include "framework/observe/outcome.hpp"

namespace laconic::sweep {

struct Trial {
  int64_t index = 0;
  std::string settings;  // "key=value key=value"
};

enum class State { waiting, running, done, stopped, killed, failed };
const char* state_name(State state);

struct Standing {
  State state = State::waiting;
  Outcome outcome;  // not of waiting trials
};

class SweepFolder {
 public:
  // Expands `sweep` and validates the configuration of every trial (ConfigError with positions in
  // the sweep's file) before anything is written. A folder that was planned to the same trials is
  // taken as it is; to others, Error(cannot_create).
  static SweepFolder plan(FileSystem& files, const SweepFile& sweep, const std::string& text);
  // Error(data): no sweep, or configurations that were changed since.
  static SweepFolder open(FileSystem& files, const std::string& path);

  const std::string& path() const { return path_; }
  const SweepOptions& options() const { return options_; }
  const std::vector<Trial>& trials() const { return trials_; }
  std::string config(int64_t trial) const { return fmt::format("{}/trials/{}.yaml", path_, trial); }
  std::string run(int64_t trial) const { return fmt::format("{}/trials/{}", path_, trial); }
  std::string log(int64_t trial) const { return fmt::format("{}/trials/{}.log", path_, trial); }

  Standing standing(int64_t trial) const;
  // The trials that a start would run: waiting, stopped and killed ones, with `retry` also those
  // that failed.
  std::vector<int64_t> unfinished(bool retry) const;

 private:
  SweepFolder(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  FileSystem* files_;
  std::string path_;
  SweepOptions options_;
  std::vector<Trial> trials_;
};

}  // namespace laconic::sweep
