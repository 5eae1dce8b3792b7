// A function with a stack of its own that can pause in the middle and be resumed: thousands of them
// share one thread. Exceptions under way belong to the fiber, so it may pause within a handler.
// Sanitizers are told of each switch. Stacks end in a page that faults, rather than in a neighbour.
#pragma once

#include <functional>
#include <memory>

namespace laconic::comm {

class Fiber {
 public:
  // The function must not throw, and must end before the Fiber is destroyed if it was ever resumed.
  explicit Fiber(std::function<void()> function);
  ~Fiber();

  void resume();  // runs until the fiber pauses or ends
  void pause();   // called by the fiber itself
  bool ended() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace laconic::comm
