// The only place where ops use threads. Any thread may run any task. The number of threads must not
// change the bits. So either no sum spans two tasks, or the tasks depend on the problem alone.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace laconic::ops {

// Runs task(closure, i) for i in [0, tasks) on up to `threads` threads, or in the caller's thread
// if one is enough. The next idle thread takes the next task. Tasks must not throw.
void run_tasks(int threads, int64_t tasks, void (*task)(void* closure, int64_t i), void* closure);

// Calls body(i) for i in [0, tasks).
template <class Body>
void parallel_for(int threads, int64_t tasks, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  run_tasks(
      threads, tasks, [](void* closure, int64_t i) { (*static_cast<Plain*>(closure))(i); }, &body);
}

// Calls body(first, count) for blocks of rows of a rows x cols float matrix, about 64 KiB each.
template <class Body>
void parallel_rows(int threads, int64_t rows, int64_t cols, Body&& body) {
  const int64_t block = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, cols));
  parallel_for(threads, (rows + block - 1) / block,
               [&](int64_t i) { body(i * block, std::min(block, rows - i * block)); });
}

// Sets the number of threads that oneDNN uses in calls of this thread, until the end of the scope.
// oneDNN uses OpenMP.
class LibraryThreads {
 public:
  explicit LibraryThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~LibraryThreads() { omp_set_num_threads(before_); }
  LibraryThreads(const LibraryThreads&) = delete;
  LibraryThreads& operator=(const LibraryThreads&) = delete;

 private:
  int before_;
};

}  // namespace laconic::ops
