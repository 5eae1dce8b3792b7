// Work behind the owner's back, one piece at a time.
#include "framework/base/worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "framework/base/error.hpp"

namespace laconic::test {
namespace {

TEST(AWorker, DoesOnePieceAfterTheOther) {
  Worker worker;
  int done = 0;
  for (int piece = 0; piece < 100; ++piece) {
    worker.start([&] { ++done; });
    worker.take();
    EXPECT_EQ(done, piece + 1);
  }
  EXPECT_TRUE(worker.is_done());
}

TEST(AWorker, HandsOverWhatTheWorkThrew) {
  Worker worker;
  worker.start([] { fail(ExitCode::io, "no disk"); });
  EXPECT_THROW(worker.take(), Error);
  EXPECT_NO_THROW(worker.take());
  worker.start([] {});
  EXPECT_NO_THROW(worker.take());
}

TEST(AWorker, IsBusyUntilTheWorkIsDoneAndEndsAfterIt) {
  std::atomic<bool> go = false, done = false;
  {
    Worker worker;
    worker.start([&] {
      while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      done = true;
    });
    EXPECT_FALSE(worker.is_done());
    EXPECT_THROW(worker.start([] {}), std::exception);
    go = true;
  }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace laconic::test
