// What a computation needs to know about where it runs. Everything hangs from a Context: there are
// no mutable globals, so N ranks can live in one process.
#pragma once

#include <cstdint>
#include <string>

namespace laconic {

// Instruction sets that kernels are compiled for, in order of preference.
enum class Isa { generic, avx2, avx512 };

const char* isa_name(Isa isa);
// What this processor can do, capped by the environment variable LACONIC_MAX_ISA
// (generic|avx2|avx512) which exists to test the other kernels on a machine that has them all.
Isa detect_isa();

struct Context {
  uint64_t seed = 0;
  int threads = 1;  // compute threads of this rank (OpenMP)
  Isa isa = Isa::generic;
};

// Cores this process may use, shared fairly between `ranks_on_node`; at least 1.
int default_threads(int ranks_on_node);

}  // namespace laconic
