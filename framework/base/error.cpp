#include "framework/base/error.hpp"

namespace laconic {

const char* exit_code_name(ExitCode code) {
  switch (code) {
    case ExitCode::success:
      return "completed";
    case ExitCode::usage:
      return "wrong command line";
    case ExitCode::data:
      return "data missing or damaged";
    case ExitCode::no_checkpoint:
      return "no usable checkpoint";
    case ExitCode::environment:
      return "environment does not fit (ranks, memory, run folder)";
    case ExitCode::internal:
      return "internal error, a bug in laconic";
    case ExitCode::cannot_create:
      return "cannot create an output file or folder";
    case ExitCode::io:
      return "reading or writing failed, full disk included";
    case ExitCode::stopped:
      return "stopped on request, with a checkpoint: run again to go on";
    case ExitCode::communication:
      return "a rank died, or an exchange took longer than comm.timeout";
    case ExitCode::config:
      return "invalid configuration";
    case ExitCode::diverged:
      return "training diverged";
  }
  return "unknown";
}

void fail_invariant(const char* condition, const char* file, int line, const std::string& what) {
  throw Error(ExitCode::internal, fmt::format("{}:{}: invariant failed: {}{}{}", file, line,
                                              condition, what.empty() ? "" : ": ", what));
}

}  // namespace laconic
