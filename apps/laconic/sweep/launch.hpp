// Other programs, started without a shell.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace laconic::sweep {

// Words between blanks; there is no quoting.
std::vector<std::string> words(const std::string& text);

// Starts words[0], found along PATH, in a process group of its own (a terminal's ^C is for us) and
// with no signal blocked. Its output is appended to `log`; with an empty `log` it is ours.
// Error(environment) when it cannot be started.
pid_t launch(const std::vector<std::string>& command, const std::string& log);

// Waits for `child`: its exit code, or 128 + the signal that ended it.
int wait_for(pid_t child);

std::string this_executable();

}  // namespace laconic::sweep
