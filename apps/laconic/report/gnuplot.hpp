// gnuplot as a process: a script in, a picture out. No shell; no initialisation file is read; the
// environment is not handed on.
#pragma once

#include <optional>
#include <string>

namespace laconic::report {

// What gnuplot prints for `script`; nothing where it is not installed. Error(environment) with what
// it said when it fails.
std::optional<std::string> run_gnuplot(const std::string& script);

inline constexpr const char* gnuplot_package = "gnuplot-nox";

}  // namespace laconic::report
