// Named points in the code where a test can kill the process, to check the state after a crash.
//
// The environment variable LACONIC_FAULT chooses the point:
//   name     the first passage of this point
//   name:3   its third passage
//   *:7      the seventh passage of any point; so a test can try all points without their names
// Without the variable a point costs one getenv.
#pragma once

#include <string_view>

namespace laconic {

// Kills the process (SIGKILL: no destructor, no flush) if LACONIC_FAULT names this passage.
void fault_point(std::string_view name);

}  // namespace laconic
