#include "framework/base/run_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

TEST(RunLock, ASecondOwnerIsToldWhoIsThere) {
  const TemporaryFolder run;
  const RunLock mine(run.path());
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

// The process that the file names as the owner; 0: nobody.
pid_t owner(const TemporaryFolder& run) {
  const auto text = nlohmann::json::parse(real_files().read(run / "lock"), nullptr, false);
  return text.is_object() ? text.at("pid").get<pid_t>() : 0;
}

TEST(RunLock, AFolderGivenBackIsFreeAndNamesNobody) {
  const TemporaryFolder run;
  { const RunLock first(run.path()); }
  EXPECT_EQ(owner(run), 0);
  const RunLock second(run.path());
  EXPECT_EQ(owner(run), ::getpid());
}

TEST(RunLock, AKilledOwnerOnThisHostIsStaleAtOnce) {
  const TemporaryFolder run;
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock(run.path());
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(owner(run), child);
  const RunLock lock(run.path());
  EXPECT_EQ(owner(run), ::getpid());
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
  EXPECT_EQ(owner(run), ::getpid());
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
}

void write_lock_of_another_host(const TemporaryFolder& run) {
  real_files().create(run / "lock")->append(R"({"host":"elsewhere","pid":1,"start_ticks":2})");
}
void date_lock(const TemporaryFolder& run, double age_s) {
  const auto then = static_cast<time_t>(wall_seconds() - age_s);
  const timespec times[2] = {{then, 0}, {then, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (run / "lock").c_str(), times, 0), 0);
}

TEST(RunLock, AnOwnerOnAnotherHostIsAliveIfItTouchesTheFileMeanwhile) {
  for (const double age_s : {0.0, 50.0, -3600.0}) {  // -3600: a clock was set back
    const TemporaryFolder run;
    write_lock_of_another_host(run);
    date_lock(run, age_s);
    const std::jthread owner([&](const std::stop_token& stop) {
      for (int beat = 0; !stop.stop_requested(); ++beat) {
        ::usleep(20'000);
        date_lock(run, age_s + (beat % 2));
      }
    });
    EXPECT_THROW(RunLock(run.path(), {.use_flock = false}), Error) << age_s;
  }
}

TEST(RunLock, AnOwnerOnAnotherHostIsDeadOnceTheFileIsOldEnough) {
  const TemporaryFolder run;
  write_lock_of_another_host(run);
  date_lock(run, 1000);
  { const RunLock lock(run.path(), {.use_flock = false}); }
  const std::string text = real_files().read(run / "lock");
  EXPECT_EQ(text, "");
  real_files().remove_file(run / "lock");
  write_lock_of_another_host(run);
  date_lock(run, RunLock::heartbeat_limit_s - 1);
  const double start = wall_seconds();
  const RunLock lock(run.path(), {.use_flock = false});
  EXPECT_EQ(owner(run), ::getpid());
  EXPECT_GT(wall_seconds() - start, 0.1) << "did not wait";
}

TEST(RunLock, AFileOfThisHostAloneThatNobodyLocksIsFreeAtOnce) {
  const TemporaryFolder run;
  write_lock_of_another_host(run);
  const RunLock lock(run.path());
  EXPECT_EQ(owner(run), ::getpid());
}

TEST(RunLock, WithoutFlockOfTwoThatStartTogetherOneIsRefused) {
  const TemporaryFolder run;
  const RunLock first(run.path(), {.use_flock = false});
  EXPECT_THROW(RunLock(run.path(), {.use_flock = false}), Error);
}

TEST(RunLock, NothingButAPlainFileIsLocked) {
  const TemporaryFolder run;
  real_files().create(run / "target")->append("important");
  ASSERT_EQ(::symlink((run / "target").c_str(), (run / "lock").c_str()), 0);
  EXPECT_THROW(RunLock(run.path()), Error);
  EXPECT_EQ(real_files().read(run / "target"), "important");
}

TEST(RunLock, AFileWithOtherNamesIsReplaced) {
  const TemporaryFolder run;
  real_files().create(run / "backup")->append("important");
  ASSERT_EQ(::link((run / "backup").c_str(), (run / "lock").c_str()), 0);
  const RunLock lock(run.path());
  EXPECT_EQ(owner(run), ::getpid());
  EXPECT_EQ(real_files().read(run / "backup"), "important");
  EXPECT_THROW(RunLock(run.path()), Error);
}

TEST(RunLock, AHeartbeatThatFailsIsNoError) {
  const TemporaryFolder run;
  RunLock lock(run.path());
  for (int fd = 3; fd < 1024; ++fd)  // as if its server had forgotten the file
    if (struct stat a{}, b{}; ::fstat(fd, &a) == 0 && ::stat((run / "lock").c_str(), &b) == 0 &&
                              a.st_ino == b.st_ino && a.st_dev == b.st_dev)
      ::close(fd);
  EXPECT_NO_THROW(lock.heartbeat());
  EXPECT_NO_THROW(lock.heartbeat());
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

TEST(RunLock, AnOwnerThatComputesKeepsTheFileYoung) {
  const TemporaryFolder run;
  const RunLock lock(run.path(), {.heartbeat_s = 0.02});
  date_lock(run, 1000);
  const auto age_s = [&] {
    struct stat status {};
    ::stat((run / "lock").c_str(), &status);
    return wall_seconds() - static_cast<double>(status.st_mtime);
  };
  for (int i = 0; i < 300 && age_s() > 60; ++i) ::usleep(50'000);
  EXPECT_LT(age_s(), 60);
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
