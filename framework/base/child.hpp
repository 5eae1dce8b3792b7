// Starts other programs without a shell.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace laconic {

struct Child {
  std::vector<std::string> command;  // the program, looked up in PATH, and its arguments
  int in = -1, out = -1, err = -1;   // file descriptors; -1: inherited
  // All variables of the child. Without a value the environment is inherited.
  std::optional<std::vector<std::string>> environment = {};
  bool own_group = false;  // true: ^C in a terminal does not reach the child
};

// Starts the program with all signals unblocked. Returns nothing if there is no such program.
// Error(environment) if it cannot be started.
std::optional<pid_t> start(const Child& child);

// Waits for the child. Returns its exit code, or 128 + the signal that ended it.
int wait_for(pid_t child);

struct Finished {
  int code = 0;  // see wait_for()
  std::string out, err;
};

// Starts the program with `in` as its input and waits for its end. Ignores the descriptors of
// `child`. Returns nothing if there is no such program.
std::optional<Finished> finish(Child child, const std::string& in = "");

}  // namespace laconic
