#include "framework/observe/memory.hpp"

#include <algorithm>
#include <cstdlib>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {

int64_t peak_host_memory() {
  constexpr std::string_view key = "VmHWM:";
  const std::string status = real_files().read("/proc/self/status");
  const size_t at = status.find(key);
  LACONIC_CHECK(at != status.npos, "/proc/self/status has no VmHWM");
  return std::strtoll(status.c_str() + at + key.size(), nullptr, 10) * 1024;  // the kernel says kB
}

void MemoryLedger::record(const std::string& name, int64_t bytes) {
  int64_t& peak = peaks_[name];
  peak = std::max(peak, bytes);
}

}  // namespace laconic
