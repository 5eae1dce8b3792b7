// Named places at which a test kills the process, to see what a crash right there leaves behind.
//
// The environment variable LACONIC_FAULT chooses the place: `name` dies at its first passage,
// `name:3` at its third, `*:7` at the seventh passage of any fault point (so that a test can
// enumerate all of them without knowing their names). Unset, a point costs one getenv.
#pragma once

#include <string_view>

namespace laconic {

// Does not return (SIGKILL: no destructor, no flush) when LACONIC_FAULT chose this passage.
void fault_point(std::string_view name);

}  // namespace laconic
