// Counts the allocations of the whole test process, on all threads.
#pragma once

#include <cstdint>

namespace laconic::comm::test {

void start_counting();
int64_t stop_counting();         // operator new calls since start_counting(), oneDNN's left out
int64_t counted_in_libraries();  // and those

}  // namespace laconic::comm::test
