#include "framework/base/context.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "framework/base/cpu_limits.hpp"
#include "framework/base/error.hpp"
#include "framework/base/process.hpp"

namespace laconic {

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::generic:
      return "generic";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "generic";
}

namespace {
Isa hardware_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return Isa::avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return Isa::avx2;
#endif
  return Isa::generic;
}
}  // namespace

Isa detect_isa() {
  const Isa hardware = hardware_isa();
  const char* cap = std::getenv("LACONIC_MAX_ISA");
  if (cap == nullptr) return hardware;
  for (const Isa isa : {Isa::generic, Isa::avx2, Isa::avx512})
    if (std::string_view(cap) == isa_name(isa)) return std::min(isa, hardware);
  fail(ExitCode::environment, "LACONIC_MAX_ISA={}: allowed are generic, avx2, avx512", cap);
}

int default_threads(int ranks_on_node) {
  const auto cores = static_cast<int>(allowed_cores().size());
  const int ranks = std::max(1, ranks_on_node);
  return cpu_limits().threads_of(cores / ranks, ranks);
}

}  // namespace laconic
