// The identity of a process. It distinguishes the owner of a run folder from a later process with
// the same pid.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic {

struct ProcessIdentity {
  std::string host;
  int64_t pid = 0;
  int64_t start_ticks = 0;  // when it started, in the kernel's ticks since boot (/proc/<pid>/stat)
};

ProcessIdentity this_process();

// Returns whether the process is running on this host. Returns false for a later process with the
// same pid, and for every process of another host (compare `host` first).
bool is_alive(const ProcessIdentity& process);

// Returns the linker's build id in hex, which differs for every build. Returns "" if the linker has
// written none.
std::string build_id();

// Return the cores that this process may use, ascending, and the number of online cores of the
// host.
std::vector<int> allowed_cores();
int online_cores();

// Return the wall clock in seconds since 1970 (UTC), and the text "2025-01-31T12:34:56Z" of a time.
double wall_seconds();
std::string utc_time(double seconds);

}  // namespace laconic
