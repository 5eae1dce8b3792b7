#include "framework/base/file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "framework/base/error.hpp"
#include "tests/framework/base/lying_files.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

class FileTest : public testing::Test {
 protected:
  FileSystem& files = real_files();
  TemporaryFolder folder;

  template <class Action>
  void expect_error(ExitCode code, const std::string& part, Action action) {
    try {
      action();
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
};

TEST_F(FileTest, WrittenBytesAreReadBack) {
  std::string text(100'000, 'x');
  text[5] = '\0';
  const auto file = files.create(folder / "a");
  file->append(text);
  file->sync();
  file->close();
  EXPECT_EQ(files.read(folder / "a"), text);
  EXPECT_EQ(files.size(folder / "a"), 100'000);
}

TEST_F(FileTest, CreateMakesNewFilesAndOpenAppendTakesThoseThatAreThere) {
  files.create(folder / "a")->append("one");
  files.open_append(folder / "a")->append("two");
  EXPECT_EQ(files.read(folder / "a"), "onetwo");
  EXPECT_EQ(files.read_head(folder / "a", 4), "onet");
  EXPECT_EQ(files.read_head(folder / "a", 9), "onetwo");
  expect_error(ExitCode::cannot_create, "File exists", [&] { files.create(folder / "a"); });
  EXPECT_EQ(files.read(folder / "a"), "onetwo");
  files.open_append(folder / "new")->append("x");
  EXPECT_EQ(files.read(folder / "new"), "x");
}

TEST_F(FileTest, FilesOfProcWithoutASizeAreReadWhole) {
  EXPECT_NE(files.read("/proc/self/status").find("VmHWM"), std::string::npos);
}

TEST_F(FileTest, NamesAreListedInOrder) {
  for (const char* name : {"b", "a", "c"}) files.create(folder / name);
  EXPECT_EQ(files.list(folder.path()), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(FileTest, EveryErrorNamesPathCauseAndCode) {
  expect_error(ExitCode::data, folder / "none", [&] { files.read(folder / "none"); });
  expect_error(ExitCode::data, "No such file", [&] { files.size(folder / "none"); });
  expect_error(ExitCode::data, "No such file", [&] { files.list(folder / "none"); });
  expect_error(ExitCode::cannot_create, "No such file", [&] { files.create(folder / "no/file"); });
  expect_error(ExitCode::cannot_create, "File exists", [&] { files.create(folder.path()); });
  expect_error(ExitCode::io, "Is a directory", [&] { files.read(folder.path()); });
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  for (const std::string& path : {folder / "fifo", std::string("/dev/zero")})
    expect_error(ExitCode::data, path + ": is no plain file", [&] { files.read(path); });
  files.create(folder / "file");
  expect_error(ExitCode::cannot_create, folder / "file/x",
               [&] { files.make_directories(folder / "file/x"); });
  expect_error(ExitCode::io, "cannot rename", [&] { files.rename(folder / "none", folder / "y"); });
  expect_error(ExitCode::io, "cannot truncate", [&] { files.truncate(folder / "none", 0); });
}

TEST_F(FileTest, AFolderThatMayNotBeWrittenIsCannotCreate) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  ::chmod(folder.path().c_str(), 0500);
  expect_error(ExitCode::cannot_create, "Permission denied", [&] { files.create(folder / "a"); });
  ::chmod(folder.path().c_str(), 0700);
}

TEST_F(FileTest, AFullDeviceIsAnIoErrorNamingIt) {
  expect_error(ExitCode::io, "/dev/full: cannot write: No space left on device",
               [&] { files.open_append("/dev/full")->append("x"); });
}

TEST_F(FileTest, AWriteThatTheKernelCutsShortIsContinuedUntilItsErrorIsKnown) {
  const pid_t child = ::fork();  // the limit would hold for all tests
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      files.create(folder / "a")->append(std::string(1500, 'x'));
    } catch (const Error& error) {
      ::_exit(error.code() == ExitCode::io ? 0 : 2);
    }
    ::_exit(1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files.size(folder / "a"), 1000);  // the short write happened
}

TEST_F(FileTest, RemovesFilesAndEmptyFoldersAndNothingElse) {
  files.make_directories(folder / "a/b");
  expect_error(ExitCode::io, "not empty", [&] { files.remove_folder(folder / "a"); });
  expect_error(ExitCode::io, "Is a directory", [&] { files.remove_file(folder / "a"); });
  files.remove_folder(folder / "a/b");
  files.remove_folder(folder / "a");
  EXPECT_EQ(files.kind(folder / "a"), FileKind::none);
  EXPECT_NO_THROW(files.remove_folder(folder / "a"));
  EXPECT_NO_THROW(files.remove_file(folder / "a"));
}

TEST_F(FileTest, ALinkIsNeverWrittenTruncatedOrDeletedThrough) {
  files.create(folder / "target")->append("important");
  for (const char* link : {"link", "dangling"})
    std::filesystem::create_symlink(folder / (link[0] == 'l' ? "target" : "none"), folder / link);
  EXPECT_EQ(files.kind(folder / "link"), FileKind::other);
  EXPECT_TRUE(files.exists(folder / "link"));
  for (const char* link : {"link", "dangling"}) {
    EXPECT_THROW(files.create(folder / link), Error);
    EXPECT_THROW(files.open_append(folder / link), Error);
    EXPECT_THROW(files.truncate(folder / link, 1), Error);
    files.remove_file(folder / link);
  }
  std::filesystem::create_symlink(folder / "target", folder / "link");
  write_atomically(files, folder / "link", "new");
  EXPECT_EQ(files.kind(folder / "link"), FileKind::file);
  EXPECT_EQ(files.read(folder / "target"), "important");
  EXPECT_EQ(files.list(folder.path()), (std::vector<std::string>{"link", "target"}));
}

TEST(WriteAtomically, ByManyAtOnceEndsWithOneOfTheirTexts) {
  const TemporaryFolder folder;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 50; ++k)
        write_atomically(real_files(), folder / "x", std::string(1000, static_cast<char>('a' + i)));
    });
  for (std::thread& thread : threads) thread.join();
  const std::string text = real_files().read(folder / "x");
  EXPECT_EQ(text, std::string(1000, text[0]));
  EXPECT_EQ(real_files().list(folder.path()), std::vector<std::string>{"x"});
}

TEST(WriteAtomically, ACrashLeavesAFileThatIsRecognised) {
  const TemporaryFolder folder;
  const std::string left = temporary_name(real_files(), folder / "x");
  const std::string other = temporary_name(real_files(), folder / "y");
  for (const std::string& path : {left, other, folder / "x.tmp", folder / "x.laconic"})
    real_files().create(path);
  remove_leftovers(real_files(), folder.path(), {"x", "z"});
  EXPECT_FALSE(real_files().exists(left));
  for (const std::string& path : {other, folder / "x.tmp", folder / "x.laconic"})
    EXPECT_TRUE(real_files().exists(path)) << path;
}

TEST(WriteAtomically, ShowsOldOrNewAfterAPowerCutAtAnyCall) {
  for (const Loses loses : {Loses::everything_unsynced, Loses::bytes_only}) {
    bool cut = true;
    for (int64_t call = 0; cut; ++call) {
      LyingFiles files;
      files.make_directories("/run");
      write_atomically(files, "/run/x", "old");
      files.calls = 0;
      files.fail_call = call;
      try {
        write_atomically(files, "/run/x", "new");
        cut = false;
      } catch (const PowerCut&) {
      }
      files.crash(loses);
      const std::string text = files.read("/run/x");
      EXPECT_TRUE(text == "new" || (cut && text == "old")) << text << " after call " << call;
    }
  }
}

TEST(WriteAtomically, RemovesItsTemporaryFileWhenTheDiskIsFull) {
  for (int64_t call = 0; call < 4; ++call) {  // create, write, sync, close
    LyingFiles files;
    files.make_directories("/run");
    write_atomically(files, "/run/x", "old");
    files.calls = 0;
    files.fail_call = call;
    files.how = LyingFiles::How::no_space;
    EXPECT_THROW(write_atomically(files, "/run/x", "new"), Error);
    EXPECT_EQ(files.list("/run"), std::vector<std::string>{"x"});
    EXPECT_EQ(files.read("/run/x"), "old");
  }
}

}  // namespace
}  // namespace laconic
