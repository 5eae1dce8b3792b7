// Signals that request a run to stop. They are blocked, and polled between steps. Handlers are not
// used: with many threads few functions are safe in a handler, and libraries (METIS) replace it.
#pragma once

#include <optional>

namespace laconic {

// Blocks SIGUSR1, SIGUSR2, SIGTERM, SIGINT and SIGHUP in the calling thread and in all threads and
// processes that it starts later. Call it first in main(), before MPI_Init starts its own threads.
// A signal that was ignored when the process started (nohup, trap '') stays ignored.
void block_stop_signals();
// Unblocks these signals. Call it before other threads are started. A pending signal takes effect
// at once.
void unblock_stop_signals();

// Returns and removes one pending stop signal of this process, if there is one. Never waits.
// The caller decides how to react: stop with a checkpoint; at the second SIGTERM or SIGINT at once.
std::optional<int> poll_signal();

// The same, but waits for a signal for at most `seconds`.
std::optional<int> wait_for_signal(double seconds);

const char* signal_name(int signal);  // "SIGTERM"

}  // namespace laconic
