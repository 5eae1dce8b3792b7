// A guard is asked before each change, and what it refuses does not happen.
#include "framework/base/guarded_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "framework/base/error.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

TEST(GuardedFiles, ChangeNothingThatTheGuardRefuses) {
  const TemporaryFolder folder;
  const std::string file = folder / "file", other = folder / "other", sub = folder / "sub";
  std::ofstream(file) << "precious";
  std::filesystem::create_directory(sub);
  bool refuses = true;
  int asked = 0;
  GuardedFiles files(real_files(), [&] {
    ++asked;
    if (refuses) fail(ExitCode::environment, "moved");
  });
  const std::function<void()> changes[] = {
      [&] { files.create(other); },          [&] { files.open_append(other); },
      [&] { files.truncate(file, 1); },      [&] { files.rename(file, other); },
      [&] { files.remove_file(file); },      [&] { files.remove_folder(sub); },
      [&] { files.make_directories(other); }};
  for (const auto& change : changes) EXPECT_THROW(change(), Error);
  EXPECT_EQ(asked, std::ssize(changes));
  EXPECT_EQ(files.list(folder.path()), (std::vector<std::string>{"file", "sub"}));
  EXPECT_EQ(files.read(file), "precious");
  EXPECT_EQ(asked, std::ssize(changes));  // reading changes nothing
  refuses = false;
  files.rename(file, other);  // the control: the same call, when it is allowed
  EXPECT_EQ(files.list(folder.path()), (std::vector<std::string>{"other", "sub"}));
}

}  // namespace
}  // namespace laconic
