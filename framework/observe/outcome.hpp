// The two files that job scripts and reports read: outcome.json, there from the first second and
// true at every moment, and result.json, written once at the end.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/exit_code.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"

namespace laconic {

enum class RunStatus {
  running,    // or killed without a chance to say so: then `pid` is dead
  completed,  // code 0
  stopped,    // on request, with a checkpoint: run again to go on
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

// The outcome that an exit code stands for.
RunStatus status_of(ExitCode code);
const char* status_name(RunStatus status);

// <run_folder>/outcome.json, replaced atomically.
void write_outcome(FileSystem& files, const std::string& run_folder, const Outcome& outcome);
Outcome read_outcome(FileSystem& files, const std::string& run_folder);  // Error(data)

// <run_folder>/result.json. Null and not-finite values are left out, with the objects they empty. A
// top-level key that docs/formats.md does not name fails an invariant: keys are a promise.
void write_result(FileSystem& files, const std::string& run_folder, nlohmann::json result);

}  // namespace laconic
