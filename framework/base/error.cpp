#include "framework/base/error.hpp"

namespace laconic {

const char* exit_code_name(ExitCode code) {
  switch (code) {
    case ExitCode::success:
      return "completed";
    case ExitCode::usage:
      return "wrong command line";
    case ExitCode::data:
      return "bad data";
    case ExitCode::no_checkpoint:
      return "no usable checkpoint";
    case ExitCode::environment:
      return "environment does not fit";
    case ExitCode::internal:
      return "internal error";
    case ExitCode::cannot_create:
      return "cannot create output";
    case ExitCode::io:
      return "input/output error";
    case ExitCode::stopped:
      return "stopped with checkpoint";
    case ExitCode::communication:
      return "communication failure";
    case ExitCode::config:
      return "invalid configuration";
    case ExitCode::diverged:
      return "diverged";
  }
  return "unknown";
}

void fail_invariant(const char* condition, const char* file, int line, const std::string& what) {
  throw Error(ExitCode::internal, fmt::format("{}:{}: invariant failed: {}{}{}", file, line,
                                              condition, what.empty() ? "" : ": ", what));
}

}  // namespace laconic
