// When messages pass a way that carries one at a time. Messages are told in the order in which
// somebody looks at them, not in that of their arrival, so one told late may pass in time that
// earlier ones left free, if need be in several pieces: the way never idles while a message is
// there. Remembers the latest free times only; older ones count as occupied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace laconic::comm {

class LinkSchedule {
 public:
  LinkSchedule() { gaps_.reserve(most_gaps + 1); }

  // A message that is there from `from` on and occupies the way for `duration`: when it has passed.
  int64_t pass(int64_t from, int64_t duration);

 private:
  struct Gap {
    int64_t begin, end;
  };
  static constexpr size_t most_gaps = 64;

  std::vector<Gap> gaps_;  // free times before busy_until_, in order
  int64_t busy_until_ = 0;
};

}  // namespace laconic::comm
