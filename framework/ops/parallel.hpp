// The one place where ops use threads. Any thread may run any task, so tasks must be cut such that
// no sum spans two of them, or by the problem alone: then the number of threads does not change the
// bits.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace laconic::ops {

// Runs task(closure, i) for i in [0, tasks) on up to `threads` threads; in the caller's thread when
// one is enough. Tasks must not throw. The next idle thread takes the next task.
void run_tasks(int threads, int64_t tasks, void (*task)(void* closure, int64_t i), void* closure);

// body(i) for i in [0, tasks).
template <class Body>
void parallel_for(int threads, int64_t tasks, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  run_tasks(
      threads, tasks, [](void* closure, int64_t i) { (*static_cast<Plain*>(closure))(i); }, &body);
}

// body(first, count) over blocks of about 64 KiB of a rows x cols float matrix, the unit of a
// thread's work.
template <class Body>
void parallel_rows(int threads, int64_t rows, int64_t cols, Body&& body) {
  const int64_t block = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, cols));
  parallel_for(threads, (rows + block - 1) / block,
               [&](int64_t i) { body(i * block, std::min(block, rows - i * block)); });
}

// How many threads oneDNN uses in what the calling thread asks of it, for the length of a scope.
// Its threads are OpenMP's.
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
