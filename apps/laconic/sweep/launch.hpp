// Starts the trials of a sweep, and sbatch.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace laconic::sweep {

// Splits text at blanks. Quotes have no meaning.
std::vector<std::string> words(const std::string& text);

// Starts the command in its own process group. Appends its output to `log`; "": the output is
// inherited.
// Error(environment) if it cannot be started.
pid_t launch(const std::vector<std::string>& command, const std::string& log);

std::string this_executable();

}  // namespace laconic::sweep
