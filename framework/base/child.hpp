// Other programs, started without a shell.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace laconic {

struct Child {
  std::vector<std::string> command;  // the program, found along PATH, and its arguments
  int in = -1, out = -1, err = -1;   // descriptors; -1: ours
  // Whole; none: ours.
  std::optional<std::vector<std::string>> environment = {};
  bool own_group = false;  // a terminal's ^C is for us
};

// Starts it with no signal blocked. Nothing where there is no such program; Error(environment)
// where it cannot be started.
std::optional<pid_t> start(const Child& child);

// Waits for it: its exit code, or 128 + the signal that ended it.
int wait_for(pid_t child);

struct Finished {
  int code = 0;  // as wait_for()
  std::string out, err;
};

// Starts it, gives it `in` to read and waits for its end; the descriptors of `child` are set here.
// Nothing where there is no such program.
std::optional<Finished> finish(Child child, const std::string& in = "");

}  // namespace laconic
