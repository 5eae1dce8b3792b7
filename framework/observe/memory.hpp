// How much memory a run needed: what the kernel saw, and what each part of laconic says it holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace laconic {

int64_t peak_host_memory();  // bytes: the largest resident set of this process so far (VmHWM)

// Bytes by name ("activations", "parameters"); of several records of a name the largest counts.
class MemoryLedger {
 public:
  void record(const std::string& name, int64_t bytes);
  const std::map<std::string, int64_t>& peaks() const { return peaks_; }

 private:
  std::map<std::string, int64_t> peaks_;
};

}  // namespace laconic
