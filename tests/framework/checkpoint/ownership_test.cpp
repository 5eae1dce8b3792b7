// Folders that laconic did not write survive whatever becomes of checkpoints beside them.
#include "framework/checkpoint/ownership.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/writer.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/toy_state.hpp"

namespace laconic {
namespace {

class OwnershipTest : public testing::Test {
 protected:
  OwnershipTest() { write(1); }
  void write(int64_t step, int64_t keep = 1) {
    ToyState state(1);
    state.step = step;
    CheckpointWriter(files, folder, {}, alone, keep).write(step, state.list(), {});
  }
  void put(const std::string& path, const std::string& text) {
    files.make_directories(std::filesystem::path(folder + "/" + path).parent_path().string());
    files.create(folder + "/" + path)->append(text);
  }
  bool is_there(const std::string& path) { return files.exists(folder + "/" + path); }

  FileSystem& files = real_files();
  TemporaryFolder run;
  std::string folder = run / "checkpoints";
};

TEST_F(OwnershipTest, KeepLeavesFoldersOfOthersAndWhatOthersPutIntoOurs) {
  put("step-0/mine/x", "precious");
  put("step-900/rank0.h5", "precious, with our name");
  put("step-1/notes.txt", "precious, in our folder");
  std::filesystem::create_directory_symlink(run.path(), folder + "/step-901");
  for (const int64_t step : {2, 3, 4}) write(step);
  for (const char* path : {"step-0/mine/x", "step-900/rank0.h5", "step-1/notes.txt", "step-901"})
    EXPECT_TRUE(is_there(path)) << path;
  EXPECT_TRUE(is_there("step-4"));
  EXPECT_FALSE(is_there("step-2")) << "ours goes";
  EXPECT_FALSE(is_there("step-3")) << "ours goes";
}

TEST_F(OwnershipTest, RecoveryLeavesWhatOnlyLooksLikeALeftover) {
  put(".tmp-step-7/mine", "precious");
  put(".tmp-step-8/rank0.h5", "precious, with our name");
  put(".trash-step-1x/rank0.h5", "");
  put(".old-step-9/mine/deep", "precious");
  put(".trash-step-2/rank0.h5", "\x89HDF\r\n\x1a\n and a part");
  put(".tmp-step-3/rank0.h5", std::string(100, '\0'));
  put(".tmp-step-3/rank1.json", "{\"sha2");
  EXPECT_TRUE(recover_folder(files, folder).empty());
  for (const char* path : {".tmp-step-7/mine", ".tmp-step-8/rank0.h5", ".trash-step-1x/rank0.h5",
                           ".old-step-9/mine/deep"})
    EXPECT_TRUE(is_there(path)) << path;
  EXPECT_FALSE(is_there(".trash-step-2")) << "ours, cut short";
  EXPECT_FALSE(is_there(".tmp-step-3")) << "ours, not synced";
}

TEST_F(OwnershipTest, AStepOfSomebodyElseIsNotReplaced) {
  put("step-5/mine", "precious");
  try {
    write(5);
    FAIL() << "replaced";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::cannot_create);
    EXPECT_NE(std::string(error.what()).find("step-5: is there already"), std::string::npos)
        << error.what();
  }
  EXPECT_EQ(files.read(folder + "/step-5/mine"), "precious");
  EXPECT_TRUE(find_problems(files, folder + "/step-1", Depth::contents).empty());
  write(6);  // the run goes on
}

TEST_F(OwnershipTest, ADamagedCheckpointOfOursIsReplaced) {
  files.truncate(folder + "/step-1/manifest.json", 5);
  files.truncate(folder + "/step-1/rank0.h5", 0);
  write(1);
  EXPECT_TRUE(find_problems(files, folder + "/step-1", Depth::contents).empty());
}

TEST_F(OwnershipTest, ALinkedStepIsNeverEmptied) {
  std::filesystem::rename(folder + "/step-1", run / "elsewhere");
  std::filesystem::create_directory_symlink(run / "elsewhere", folder + "/step-1");
  for (const int64_t step : {2, 3}) write(step);
  EXPECT_TRUE(files.exists(run / "elsewhere/rank0.h5"));
}

TEST_F(OwnershipTest, AReplacedCheckpointComesBackOnlyIfItIsOurs) {
  std::filesystem::rename(folder + "/step-1", folder + "/.old-step-1");
  put(".old-step-2/mine", "precious");
  recover_folder(files, folder);
  EXPECT_TRUE(is_there("step-1/manifest.json"));
  EXPECT_TRUE(is_there(".old-step-2/mine"));
  EXPECT_FALSE(is_there("step-2"));
}

TEST_F(OwnershipTest, VerifyReportsTheNewestAndPassesOverForeignFolders) {
  put("step-900/mine/x", "precious");
  std::vector<Verified> found = verify_checkpoints(files, run.path());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].problems.empty());
  // Lost: a file, the manifest, all of the newest one.
  for (const char* lost : {"rank0.h5", "manifest.json", ""}) {
    write(2, 9);
    write(3, 9);
    std::filesystem::remove_all(folder + (*lost == '\0' ? "/step-3" : "/step-3/") + lost);
    int64_t problems = 0;
    for (const Verified& each : verify_checkpoints(files, run.path()))
      problems += std::ssize(each.problems);
    EXPECT_EQ(problems, 1) << lost;
    EXPECT_EQ(verify_checkpoints(files, folder + "/step-2")[0].problems.size(), 0u);
    std::filesystem::remove_all(folder + "/step-2");
    std::filesystem::remove_all(folder + "/step-3");
  }
}

}  // namespace
}  // namespace laconic
