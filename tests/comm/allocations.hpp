// Counts the allocations of the whole test process, on all threads.
#pragma once

#include <cstdint>

namespace laconic::comm::test {

void start_counting();
int64_t stop_counting();  // operator new calls since start_counting()

}  // namespace laconic::comm::test
