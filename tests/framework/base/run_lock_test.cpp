#include "framework/base/run_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

TEST(RunLock, ASecondOwnerIsToldWhoIsThere) {
  const TemporaryFolder run;
  const RunLock mine(run.path());
  EXPECT_FALSE(mine.previous_owner());
  try {
    const RunLock second(run.path());
    FAIL() << "two owners";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::environment);
    const ProcessIdentity me = this_process();
    const std::string who =
        fmt::format("{}: in use by process {} on {}", run.path(), me.pid, me.host);
    EXPECT_TRUE(std::string(error.what()).starts_with(who)) << error.what();
  }
}

TEST(RunLock, AFolderGivenBackIsFreeAndHasNoPreviousOwner) {
  const TemporaryFolder run;
  { const RunLock first(run.path()); }
  EXPECT_FALSE(RunLock(run.path()).previous_owner());
}

TEST(RunLock, AKilledOwnerOnThisHostIsStaleAtOnceAndNamed) {
  const TemporaryFolder run;
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock(run.path());
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  const RunLock lock(run.path());
  ASSERT_TRUE(lock.previous_owner());
  EXPECT_EQ(lock.previous_owner()->pid, child);
}

// Its main thread is gone, as after a kill, while another thread is still in the kernel.
TEST(RunLock, WaitsForTheLastWriteOfAnOwnerThatIsDying) {
  const TemporaryFolder run;
  const pid_t child = ::fork();
  if (child == 0) {
    static const RunLock lock(run.path());
    std::thread([] {
      ::usleep(500'000);
      ::_exit(0);
    }).detach();
    ::syscall(SYS_exit, 0);  // this thread alone
  }
  const std::string stat = fmt::format("/proc/{}/stat", child);
  while (real_files().read(stat).find(") Z") == std::string::npos) ::usleep(1000);
  EXPECT_NE(::flock(::open((run / "lock").c_str(), O_RDWR | O_CLOEXEC), LOCK_EX | LOCK_NB), 0);
  const RunLock lock(run.path());
  EXPECT_EQ(lock.previous_owner()->pid, child);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(RunLock, AnOwnerOnAnotherHostIsAliveWhileItsHeartbeatIsYoung) {
  const TemporaryFolder run;
  real_files().create(run / "lock")->append(R"({"host":"elsewhere","pid":1,"start_ticks":2})");
  EXPECT_THROW(RunLock(run.path()), Error);
  const timespec old[2] = {{1'000'000, 0}, {1'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (run / "lock").c_str(), old, 0), 0);
  const RunLock lock(run.path());
  EXPECT_EQ(lock.previous_owner()->host, "elsewhere");
}

TEST(RunLock, AHeartbeatMakesTheFileYoung) {
  const TemporaryFolder run;
  RunLock lock(run.path());
  const timespec old[2] = {{1'000'000, 0}, {1'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (run / "lock").c_str(), old, 0), 0);
  lock.heartbeat();
  struct stat status {};
  ASSERT_EQ(::stat((run / "lock").c_str(), &status), 0);
  EXPECT_LT(wall_seconds() - static_cast<double>(status.st_mtime), 60);
}

TEST(RunLock, AGarbledFileIsNobodys) {
  const TemporaryFolder run;
  real_files().create(run / "lock")->append("{\"host\": \"cut of");
  EXPECT_NO_THROW(RunLock(run.path()));
}

TEST(RunLock, AMissingFolderCannotBeLocked) {
  try {
    const RunLock lock("/no/such/folder");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::cannot_create);
  }
}

TEST(ProcessIdentity, TellsALaterProcessWithTheSamePidApart) {
  ProcessIdentity me = this_process();
  EXPECT_EQ(me.pid, ::getpid());
  EXPECT_TRUE(is_alive(me));
  me.start_ticks -= 1;
  EXPECT_FALSE(is_alive(me));
  me = this_process();
  me.host += "x";
  EXPECT_FALSE(is_alive(me));
}

TEST(ProcessIdentity, ThatNobodyHasCollectedIsNotAlive) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const ProcessIdentity me = this_process();
    ::_exit(::write(pipe[1], &me.start_ticks, sizeof me.start_ticks) < 0);
  }
  ProcessIdentity dead = this_process();
  dead.pid = child;
  ASSERT_EQ(::read(pipe[0], &dead.start_ticks, sizeof dead.start_ticks),
            static_cast<ssize_t>(sizeof dead.start_ticks));
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(is_alive(dead));
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(UtcTime, IsWrittenAsIso8601) {
  EXPECT_EQ(utc_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_time(1738326896.9), "2025-01-31T12:34:56Z");
}

}  // namespace
}  // namespace laconic
