#include "framework/base/held_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

namespace fs = std::filesystem;

TEST(HeldFolder, IsFoundWhereItWasMovedTo) {
  const TemporaryFolder here;
  const fs::path run = here.path() + "/run", elsewhere = here.path() + "/elsewhere";
  fs::create_directory(run);
  const HeldFolder held(run);
  EXPECT_TRUE(held.is_in_place());
  fs::rename(run, elsewhere);
  EXPECT_FALSE(held.is_in_place());
  EXPECT_EQ(held.present_path(), fs::canonical(elsewhere));
  fs::create_directory(run);
  EXPECT_FALSE(held.is_in_place()) << "another folder has its name";
  fs::remove(run);
  fs::create_symlink(elsewhere, run);
  EXPECT_TRUE(held.is_in_place()) << "the old path leads to it again";
}

TEST(HeldFolder, HasNoPathOnceItIsDeleted) {
  const TemporaryFolder here;
  const fs::path run = here.path() + "/run";
  fs::create_directory(run);
  const HeldFolder held(run);
  fs::remove(run);
  EXPECT_FALSE(held.is_in_place());
  EXPECT_EQ(held.present_path(), "");
}

}  // namespace
}  // namespace laconic
