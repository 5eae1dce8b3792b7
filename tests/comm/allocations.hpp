// Counts the allocations of the whole test process, on all threads, or fails one of them.
#pragma once

#include <cstdint>

namespace laconic::comm::test {

void start_counting();
int64_t stop_counting();         // operator new calls since start_counting(), oneDNN's left out
int64_t counted_in_libraries();  // and those

// The n-th `operator new` of this thread from now on fails, n >= 1. 0: none does.
void fail_allocation(int64_t n);

}  // namespace laconic::comm::test
