// A function with its own stack that can pause in the middle and be resumed: thousands of them
// share one thread. Exceptions in flight belong to the fiber, so it may pause within a handler.
// Each switch is reported to the sanitizers. A guard page at the end of each stack faults on
// overflow.
#pragma once

#include <functional>
#include <memory>

namespace laconic::comm {

class Fiber {
 public:
  // The function must not throw. If it was resumed it must end before the Fiber is destroyed.
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
