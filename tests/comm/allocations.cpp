// The operators that count, in a file of their own so that no caller can inline them. Who called is
// told by the return address: oneDNN allocates within its products, and that is not ours to change.
#include "tests/comm/allocations.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<bool> counting = false;
std::atomic<int64_t> allocations = 0;
std::atomic<int64_t> library_allocations = 0;
thread_local int64_t until_failure = 0;

bool is_library(void* code) {
  Dl_info where;
  return dladdr(code, &where) != 0 && std::strstr(where.dli_fname, "libdnnl") != nullptr;
}

void* counted_or_null(void* memory, void* caller) {
  if (counting) ++(is_library(caller) ? library_allocations : allocations);
  return memory;
}

void* counted(void* memory, void* caller) {
  if (until_failure > 0 && --until_failure == 0) {
    std::free(memory);
    memory = nullptr;
  }
  if (memory == nullptr) throw std::bad_alloc();
  return counted_or_null(memory, caller);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted(std::malloc(bytes), __builtin_return_address(0));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (bytes + step - 1) / step * step),
                 __builtin_return_address(0));
}
// std::stable_sort allocates its buffer with this one, and does without where it fails.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return counted_or_null(std::malloc(bytes), __builtin_return_address(0));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace laconic::comm::test {

void start_counting() {
  allocations = library_allocations = 0;
  counting = true;
}

int64_t stop_counting() {
  counting = false;
  return allocations;
}

int64_t counted_in_libraries() {
  return library_allocations;
}

void fail_allocation(int64_t n) {
  until_failure = n;
}

}  // namespace laconic::comm::test
