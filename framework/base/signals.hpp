// Polite requests to stop, read at step boundaries instead of handled: a handler can do nothing
// safe in a process full of threads, and libraries (METIS) replace handlers while they run.
#pragma once

#include <optional>

namespace laconic {

// Blocks SIGUSR1, SIGUSR2, SIGTERM, SIGINT and SIGHUP in the calling thread and in every thread and
// process it starts later. Call it first in main(), before MPI_Init starts threads of its own.
void block_stop_signals();
// Undoes it, before there are other threads: one that is pending acts at once.
void unblock_stop_signals();

// Takes one pending stop signal of this process, if there is one; never waits. What it means (stop
// with a checkpoint, or on the second SIGTERM or SIGINT at once) is the caller's decision.
std::optional<int> poll_signal();

const char* signal_name(int signal);  // "SIGTERM"

}  // namespace laconic
