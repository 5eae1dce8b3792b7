// Counts the bytes that sums and jobs send, by purpose.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace laconic::comm {

class Purposes {
 public:
  Purposes() { sent_.reserve(32); }

  // Allocates only beyond 32 names.
  // Lifetime: `name` must outlive this object.
  void add(std::string_view name, int64_t bytes) {
    if (bytes == 0) return;
    const auto known = std::ranges::find(sent_, name, &Sent::name);
    (known == sent_.end() ? sent_.emplace_back(Sent{name}) : *known).bytes += bytes;
  }

  std::map<std::string, int64_t> sent() const {  // bytes by name
    std::map<std::string, int64_t> result;
    for (const auto& [name, bytes] : sent_) result[std::string(name)] = bytes;
    return result;
  }

 private:
  struct Sent {
    std::string_view name;
    int64_t bytes = 0;
  };
  std::vector<Sent> sent_;
};

}  // namespace laconic::comm
