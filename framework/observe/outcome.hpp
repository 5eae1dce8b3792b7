// The two files that job scripts and reports read. outcome.json exists from the start of the run
// and is valid at every moment. result.json is written once at the end.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/exit_code.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"

namespace laconic {

enum class RunStatus {
  running,    // or killed: then the process `pid` no longer runs
  completed,  // exit code 0
  stopped,    // on request, with a checkpoint; the same command continues the run
  failed,
};

struct Outcome {
  RunStatus status = RunStatus::running;
  ExitCode code = ExitCode::success;
  int64_t step = 0;
  std::string message;
  ProcessIdentity process;
  double started = 0;  // seconds since 1970
};

// Returns the status that belongs to an exit code.
RunStatus status_of(ExitCode code);
const char* status_name(RunStatus status);

// Writes <run_folder>/outcome.json atomically.
void write_outcome(FileSystem& files, const std::string& run_folder, const Outcome& outcome);
Outcome read_outcome(FileSystem& files, const std::string& run_folder);  // Error(data)

// Writes <run_folder>/result.json. Leaves out null and non-finite values, and objects that become
// empty. A top-level key that docs/formats.md does not name fails an invariant.
void write_result(FileSystem& files, const std::string& run_folder, nlohmann::json result);

}  // namespace laconic
