// The documented exit codes. Job scripts depend on them, so the meaning of a number never changes.
#pragma once

#include <array>

namespace laconic {

enum class ExitCode : int {
  success = 0,
  usage = 64,          // wrong command line
  data = 65,           // data set missing, damaged or of another schema
  no_checkpoint = 66,  // a checkpoint was requested, but there is no usable one
  environment = 69,    // MPI size, library, memory or run folder does not fit
  internal = 70,       // a bug in laconic: a failed invariant
  cannot_create = 73,  // an output file or folder cannot be created
  io = 74,             // reading or writing failed, disk full included
  stopped = 75,        // stopped on request, checkpoint complete; the same command continues
  communication = 76,  // a rank died, or an exchange took longer than comm.timeout
  config = 78,         // invalid configuration
  diverged = 79,       // training diverged
};

inline constexpr std::array exit_codes = {
    ExitCode::success,       ExitCode::usage,       ExitCode::data,
    ExitCode::no_checkpoint, ExitCode::environment, ExitCode::internal,
    ExitCode::cannot_create, ExitCode::io,          ExitCode::stopped,
    ExitCode::communication, ExitCode::config,      ExitCode::diverged};

// Returns a short description of the code, for help and tests.
const char* exit_code_name(ExitCode code);

}  // namespace laconic
