// How the communication thread asks the kernel to be woken on time.
#pragma once

namespace laconic::comm {

// For the calling thread: naps end within a microsecond or so of their time, and a wake-up goes
// before a compute thread that has the core (Linux 6.12 on: short time slices win). A hint: where
// the kernel knows no such thing, nothing happens and results are the same.
void make_prompt();

}  // namespace laconic::comm
