#include "framework/observe/memory.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {
namespace {

int64_t status_bytes(const std::string& key) {
  const std::string status = real_files().read("/proc/self/status");
  const size_t at = status.find(key);
  LACONIC_CHECK(at != status.npos, "/proc/self/status has no {}", key);
  return std::strtoll(status.c_str() + at + key.size(), nullptr, 10) * 1024;  // in kB there
}

}  // namespace

int64_t resident_memory() {
  return status_bytes("VmRSS:");
}

int64_t peak_host_memory() {
  return status_bytes("VmHWM:");
}

bool restart_peak() {
  const int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write(file, "5", 1) == 1;  // proc(5)
  close(file);
  return written;
}

void return_free_memory() {
// A sanitizer has its own malloc. glibc's heap is then not initialised, and trimming it crashes.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  malloc_trim(0);
#endif
}

void return_large_blocks() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);  // small ones are kept: setting the first would change this
#endif
}

}  // namespace laconic
