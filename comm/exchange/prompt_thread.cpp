#include "comm/exchange/prompt_thread.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace laconic::comm {
namespace {

// Version 0 of the kernel's struct sched_attr; glibc and the kernel's header cannot be included
// together.
struct SchedulingAttributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime_ns;  // of SCHED_OTHER: the time slice
  uint64_t deadline_ns;
  uint64_t period_ns;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

void make_prompt() {
  constexpr unsigned long timer_slack_ns = 1000;  // 50000 by default
  prctl(PR_SET_TIMERSLACK, timer_slack_ns);
  SchedulingAttributes attributes{};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;  // the policy was chosen on purpose
  attributes.runtime_ns = 100'000;               // the shortest slice that the kernel allows
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace laconic::comm
