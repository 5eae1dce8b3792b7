// Runs gnuplot as a process, which reads a script and writes a picture. It uses no shell, no
// initialisation file and no inherited environment.
#pragma once

#include <optional>
#include <string>

namespace laconic::report {

// Returns gnuplot's output for `script`; nothing if it is not installed. Error(environment) with
// its error message if it fails.
std::optional<std::string> run_gnuplot(const std::string& script);

inline constexpr const char* gnuplot_package = "gnuplot-nox";

}  // namespace laconic::report
