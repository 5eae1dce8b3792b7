// Who a process is: enough to tell the owner of a run folder from a later process with the same
// pid.
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

// Is that process running on this host, now? False for another process that got the same pid later,
// and for every other host (compare `host` first).
bool is_alive(const ProcessIdentity& process);

// Cores that this process may use, ascending, and how many its host has online.
std::vector<int> allowed_cores();
int online_cores();

// Wall clock, seconds since 1970 (UTC), and as "2025-01-31T12:34:56Z".
double wall_seconds();
std::string utc_time(double seconds);

}  // namespace laconic
