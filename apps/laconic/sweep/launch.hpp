// How a sweep starts its trials, and Slurm.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace laconic::sweep {

// Words between blanks; there is no quoting.
std::vector<std::string> words(const std::string& text);

// Starts the command in a process group of its own. Its output is appended to `log`; with an empty
// `log` it is ours. Error(environment) when it cannot be started.
pid_t launch(const std::vector<std::string>& command, const std::string& log);

std::string this_executable();

}  // namespace laconic::sweep
