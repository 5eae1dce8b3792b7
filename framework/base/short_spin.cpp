#include "framework/base/short_spin.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace laconic {
namespace {

constexpr const char* spin_count = "5000";  // about 20 µs; libgomp's own is 300000

bool has_several_cores() {
  cpu_set_t cores;
  return ::sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) > 1;
}

}  // namespace

void spin_briefly(char** argv) {
  const char* name = std::strrchr(argv[0], '/');
  ::prctl(PR_SET_NAME, name == nullptr ? argv[0] : name + 1);  // not "exe", after the second start
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr ||
      !has_several_cores())
    return;
  ::setenv("GOMP_SPINCOUNT", spin_count, 1);
  ::execv("/proc/self/exe", argv);
}

}  // namespace laconic
