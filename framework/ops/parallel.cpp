#include "framework/ops/parallel.hpp"

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace laconic::ops {

namespace {
// ThreadSanitizer does not see libgomp's synchronisation; these annotate the order at its start and
// end.
inline void before(void* token) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(token);
#else
  static_cast<void>(token);
#endif
}
inline void after(void* token) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(token);
#else
  static_cast<void>(token);
#endif
}
}  // namespace

__attribute__((no_sanitize("thread"))) void run_tasks(int threads, int64_t tasks,
                                                      void (*task)(void*, int64_t), void* closure) {
  if (threads <= 1 || tasks <= 1) {
    for (int64_t i = 0; i < tasks; ++i) task(closure, i);
    return;
  }
  before(closure);
#pragma omp parallel num_threads(threads)
  {
    after(closure);
#pragma omp for schedule(dynamic, 1) nowait
    for (int64_t i = 0; i < tasks; ++i) task(closure, i);
    before(closure);
  }
  after(closure);
}

}  // namespace laconic::ops
