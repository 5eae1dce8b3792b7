// The instruction sets that kernels are compiled for.
#pragma once

namespace laconic {

// In order of preference: a processor that has one has all before it.
enum class Isa { generic, avx2, avx512 };

const char* isa_name(Isa isa);
// Returns the best instruction set of this processor. The environment variable LACONIC_MAX_ISA
// (generic|avx2|avx512) limits it, so that tests can run the other kernels.
Isa detect_isa();

}  // namespace laconic
