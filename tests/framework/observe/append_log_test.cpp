// A log on a disk that fails at any one call ends with every line, once and in order.
#include "framework/observe/append_log.hpp"

#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/framework/base/lying_files.hpp"

namespace laconic {
namespace {

constexpr const char* path = "/run/log";
constexpr const char* lines[] = {"first\n", "second, longer\n", "third\n", "fourth\n"};

TEST(AppendLog, KeepsWhatADiskRefusesAndWritesItLater) {
  bool reached = true;
  for (int64_t call = 1; reached; ++call) {  // call 0 creates the file
    for (const auto how : {LyingFiles::How::no_space, LyingFiles::How::io_error}) {
      LyingFiles files;
      files.make_directories("/run");
      files.calls = 0;
      AppendLog log(files, path);
      files.how = how;
      files.fail_call = call;
      std::string all;
      for (const char* line : lines) {
        log.append(line);
        all += line;
        EXPECT_EQ(log.length(), static_cast<int64_t>(all.size()));
      }
      try {
        log.sync();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io);
        log.sync();
      }
      EXPECT_EQ(files.read(path), all) << "call " << call;
      reached = files.calls > call;
    }
  }
}

TEST(AppendLog, SaysThatTheDiskIsStillFullWhenAskedToSync) {
  LyingFiles files;
  files.make_directories("/run");
  AppendLog log(files, path);
  files.how = LyingFiles::How::no_space;
  for (const char* line : lines) {
    files.fail_call = files.calls;
    log.append(line);
  }
  files.fail_call = files.calls;
  EXPECT_THROW(log.sync(), Error);
  log.sync();
  EXPECT_EQ(files.read(path), "first\nsecond, longer\nthird\nfourth\n");
}

}  // namespace
}  // namespace laconic
