#include "apps/laconic/run/neighbours.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace laconic {
namespace {

// A number that processes share.
struct Shared {
  std::atomic<int>* number = new (mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0)) std::atomic<int>(0);
  ~Shared() { munmap(number, sizeof(std::atomic<int>)); }
};

TEST(Neighbours, AllStartTogether) {
  const Shared arrived, left;
  const pid_t self = getpid();
  Neighbours neighbours(3);
  if (getpid() != self) usleep(50'000);  // the copies come late
  ++*arrived.number;
  neighbours.wait_for_all();
  if (*arrived.number == 4) ++*left.number;
  if (getpid() != self) neighbours.end();
  EXPECT_EQ(neighbours.count(), 3);
  EXPECT_EQ(*arrived.number, 4);
  for (int i = 0; i < 60'000 && *left.number < 4; ++i) usleep(1000);
  EXPECT_EQ(*left.number, 4);
}

TEST(Neighbours, EndWithTheirObject) {
  const pid_t self = getpid();
  {
    Neighbours neighbours(2);
    while (getpid() != self) pause();
  }
  EXPECT_EQ(waitpid(-1, nullptr, 0), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Neighbours, ThatEndEarlyAreNotWaitedFor) {
  const pid_t self = getpid();
  Neighbours neighbours(2);
  if (getpid() != self) neighbours.end();
  neighbours.wait_for_all();
}

TEST(Neighbours, NoneNeedNoWait) {
  Neighbours neighbours(0);
  neighbours.wait_for_all();
  neighbours.end();
  EXPECT_EQ(neighbours.count(), 0);
}

}  // namespace
}  // namespace laconic
