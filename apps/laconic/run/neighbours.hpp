// Copies of this process that do the same work at the same time, like the other ranks of a node. They
// share memory bandwidth and caches with this one, so a rank takes longer beside them than alone.
#pragma once

#include <sys/types.h>

#include <vector>

namespace laconic {

class Neighbours {
 public:
  // Forks `count` times, fewer if the system refuses. The copies go on from here, without output, and
  // end with this object or this process. Needs a process with one thread.
  explicit Neighbours(int count);
  ~Neighbours() { end(); }
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;

  int count() const { return count_; }
  // Returns when this process and all copies that still run have called it, once each.
  void wait_for_all();
  // Ends the copies. A copy that calls it does not return.
  void end();

 private:
  bool is_copy_ = false;
  int count_ = 0;
  std::vector<pid_t> copies_;
  int ready_ = -1;  // a copy writes a byte that the first process reads
  int go_ = -1;     // copies read here until the first process closes it
};

}  // namespace laconic
