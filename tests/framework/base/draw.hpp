// A sequence of random numbers for tests: a function of its seed.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/base/random.hpp"

namespace laconic {

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed, Stream::test) {}
  uint64_t below(uint64_t bound) { return random_.below(next_++, bound); }
  uint64_t word() { return random_.word(next_++); }
  double uniform() { return random_.uniform(next_++); }
  bool coin() { return below(2) == 0; }
  template <class T>
  const T& of(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  Random random_;
  uint64_t next_ = 0;
};

}  // namespace laconic
