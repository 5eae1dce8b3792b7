// The memory of this process as the kernel counts it: resident pages, including those of libraries
// and those that are shared with other processes.
//
// Units: bytes.
#pragma once

#include <cstdint>

namespace laconic {

int64_t resident_memory();   // now (VmRSS)
int64_t peak_host_memory();  // the largest so far (VmHWM)

// Sets peak_host_memory() back to resident_memory(), so that one phase of work can be measured.
// Returns false, and changes nothing, if the kernel does not support this.
// A run must not call it, since it reports the peak over its whole time.
bool restart_peak();

// Returns the free memory that malloc keeps to the system. Takes milliseconds per gigabyte.
void return_free_memory();

// From now on the system gets back what is freed in blocks of 1 MB or more at once, as far as the
// allocator can. By default glibc keeps such blocks after the first is freed, smaller ones come to
// lie between them, and the resident memory of a run grows with its evaluations: by a quarter
// within five epochs of configs/quick/cluster_gcn.yaml.
void return_large_blocks();

}  // namespace laconic
