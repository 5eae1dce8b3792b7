// The sweep folder: an immutable table of trials, each with a configuration and a run folder.
//
//   sweep.yaml          the file from which it was planned
//   trials.tsv          written last: index, SHA-256 of trials/<index>.yaml, settings
//   trials/<index>.yaml the trial's resolved configuration, run folder included
//   trials/<index>/     its run folder
//   trials/<index>.log  its output, if `laconic sweep run` started it
//
// The state of a trial is stored in its run folder alone, so there is no second state that could
// differ.
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
  Outcome outcome;  // not for waiting trials
};

class SweepFolder {
 public:
  // Expands `sweep`, validates the configuration of every trial, then writes the folder. A folder
  // that already has the same trials is used unchanged. Several processes may plan the same sweep
  // at the same time.
  // ConfigError, with positions in the sweep's file, if a configuration is not valid.
  // Error(cannot_create) if the folder has other trials, or other files in place of the sweep's.
  static SweepFolder plan(FileSystem& files, const SweepFile& sweep, const std::string& text);
  // Opens a planned sweep. Error(data) if there is none, or if a configuration was changed.
  static SweepFolder open(FileSystem& files, const std::string& path);

  const std::string& path() const { return path_; }
  const SweepOptions& options() const { return options_; }
  const std::vector<Trial>& trials() const { return trials_; }
  std::string config(int64_t trial) const { return fmt::format("{}/trials/{}.yaml", path_, trial); }
  std::string run(int64_t trial) const { return fmt::format("{}/trials/{}", path_, trial); }
  std::string log(int64_t trial) const { return fmt::format("{}/trials/{}.log", path_, trial); }

  Standing standing(int64_t trial) const;
  // Returns the trials to run: waiting, stopped and killed ones; with `retry` also failed ones.
  std::vector<int64_t> unfinished(bool retry) const;

 private:
  SweepFolder(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  FileSystem* files_;
  std::string path_;
  SweepOptions options_;
  std::vector<Trial> trials_;
};

}  // namespace laconic::sweep
