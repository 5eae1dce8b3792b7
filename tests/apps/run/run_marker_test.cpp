// A folder is a run if laconic marked it, or if an earlier laconic left what nobody else writes.
#include "apps/laconic/run/run_marker.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "framework/base/error.hpp"
#include "framework/checkpoint/writer.hpp"
#include "framework/observe/outcome.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/toy_state.hpp"

namespace laconic::test {
namespace {

class RunMarkerTest : public ::testing::Test {
 protected:
  Occupant occupant() { return occupant_of(files_, folder_.path()); }
  void put(const std::string& name, const std::string& text) {
    files_.create(folder_ / name)->append(text);
  }
  void write_checkpoint() {
    ToyState state(1);
    CheckpointWriter(files_, folder_ / "checkpoints", {}, alone, 1).write(1, state.list(), {});
  }

  FileSystem& files_ = real_files();
  TemporaryFolder folder_;
};

TEST_F(RunMarkerTest, NoFolderAndAnEmptyOneAreNobodys) {
  EXPECT_EQ(occupant(), Occupant::nobody);
  EXPECT_EQ(occupant_of(files_, folder_ / "none"), Occupant::nobody);
  put("laconic-run.json.laconic-tmp-host-1-1", "{");  // killed while it wrote its marker
  EXPECT_EQ(occupant(), Occupant::nobody);
}

TEST_F(RunMarkerTest, WhatHasNoMarkerIsAStrangers) {
  put("config.yaml", "name: mine\n");
  EXPECT_EQ(occupant(), Occupant::stranger);
  put("outcome.json", "{\"status\": \"completed\", \"step\": 3}");
  EXPECT_EQ(occupant(), Occupant::stranger);
  put("laconic-run.json", "{\"format\": \"another\"}");
  EXPECT_EQ(occupant(), Occupant::stranger);
  EXPECT_EQ(occupant_of(files_, folder_ / "config.yaml"), Occupant::stranger);
}

TEST_F(RunMarkerTest, AMarkedFolderIsARunOnceItHasResults) {
  mark_run(files_, folder_.path());
  mark_run(files_, folder_.path());
  put("notes.txt", "mine");
  EXPECT_EQ(occupant(), Occupant::started);
  put("metrics.jsonl", "");
  EXPECT_EQ(occupant(), Occupant::started);
  files_.open_append(folder_ / "metrics.jsonl")->append("{}\n");
  EXPECT_EQ(occupant(), Occupant::run);
  files_.remove_file(folder_ / "metrics.jsonl");
  write_checkpoint();
  EXPECT_EQ(occupant(), Occupant::run);
}

TEST_F(RunMarkerTest, ARunOfALaconicWithoutMarkersIsRecognised) {
  write_checkpoint();
  EXPECT_EQ(occupant(), Occupant::run);
  std::filesystem::remove_all(folder_ / "checkpoints");
  write_outcome(files_, folder_.path(), {});
  put("metrics.jsonl", "{}\n");
  EXPECT_EQ(occupant(), Occupant::run);
}

TEST_F(RunMarkerTest, NamesOfARunThatAreLinksOrFoldersAreRefused) {
  EXPECT_NO_THROW(require_own_names(files_, folder_.path()));
  put("target", "important");
  for (const char* name :
       {"lock", "outcome.json", "metrics.jsonl", "log.rank0.txt", "checkpoints"}) {
    std::filesystem::create_symlink(folder_ / "target", folder_ / name);
    EXPECT_THROW(require_own_names(files_, folder_.path()), Error) << name;
    files_.remove_file(folder_ / name);
  }
  files_.make_directories(folder_ / "result.json");
  EXPECT_THROW(require_own_names(files_, folder_.path()), Error);
}

}  // namespace
}  // namespace laconic::test
