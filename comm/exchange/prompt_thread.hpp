// Asks the kernel to wake the communication thread on time.
#pragma once

namespace laconic::comm {

// Sets the calling thread's timer slack to one microsecond, and requests a short time slice. From
// Linux 6.12 on, a thread with a short slice preempts a compute thread when it wakes up. This is a
// hint. A kernel that does not support it ignores it, and results are the same.
void make_prompt();

}  // namespace laconic::comm
