// Lets the threads of OpenMP spin for microseconds instead of milliseconds before they sleep. On a
// core that is shared with others, a thread that spins takes the time of the thread it waits for.
#pragma once

namespace laconic {

// Starts this executable again, in the same process, with GOMP_SPINCOUNT set: libgomp reads it
// before main() and never again. Returns if that is not needed, or not possible: one core, a wait
// policy that the user has chosen, no /proc. Must be called before anything else.
void spin_briefly(char** argv);

}  // namespace laconic
