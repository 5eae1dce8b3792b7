// The documented exit codes. Job scripts read them (and outcome.json), so a number never changes
// meaning.
#pragma once

namespace laconic {

enum class ExitCode : int {
  success = 0,
  usage = 64,          // wrong command line
  data = 65,           // data set missing, damaged or of another schema
  no_checkpoint = 66,  // no usable checkpoint although one was asked for
  environment = 69,    // MPI size, library, memory or run folder does not fit
  internal = 70,       // a bug in laconic: a failed invariant
  cannot_create = 73,  // an output file or folder cannot be created
  io = 74,             // reading or writing failed, disk full included
  stopped = 75,        // stopped on request, checkpoint complete: run again to go on
  communication = 76,  // a rank died, or an exchange took longer than comm.timeout
  config = 78,         // invalid configuration
  diverged = 79,       // training diverged
};

const char* exit_code_name(ExitCode code);

}  // namespace laconic
