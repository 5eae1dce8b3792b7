// Schedules messages on a link that carries one at a time. pass() is called in the order in which
// the receiver waits for messages, not in the order of their arrival. So a later call may use gaps
// that earlier ones left free, if necessary in several pieces: the link is never idle while a
// message is there. Only the latest gaps are kept; older ones count as occupied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace laconic::comm {

class LinkSchedule {
 public:
  LinkSchedule() { gaps_.reserve(most_gaps + 1); }

  // Schedules a message that arrives at `from` and occupies the link for `duration`. Returns the
  // time at which it has passed.
  int64_t pass(int64_t from, int64_t duration);

 private:
  struct Gap {
    int64_t begin, end;
  };
  static constexpr size_t most_gaps = 64;

  std::vector<Gap> gaps_;  // before busy_until_, in order
  int64_t busy_until_ = 0;
};

}  // namespace laconic::comm
