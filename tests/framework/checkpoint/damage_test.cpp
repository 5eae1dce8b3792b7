// A damaged checkpoint is always noticed, named, and never trusted: truncated, flipped, missing,
// swapped, or with a manifest that is not its own.
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "framework/checkpoint/writer.hpp"
#include "tests/framework/base/lying_files.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/framework/checkpoint/toy_state.hpp"

namespace laconic {
namespace {

class DamageTest : public testing::Test {
 protected:
  DamageTest() {
    logger_ = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    before_ = spdlog::default_logger();
    spdlog::set_default_logger(logger_);
    files.make_directories("/run");
    CheckpointWriter writer(files, folder, {}, alone, 2);
    for (const int64_t step : {10, 20}) writer.write(step, ToyState(step).list(), {});
  }
  ~DamageTest() override { spdlog::set_default_logger(before_); }

  std::string bytes(const std::string& file) { return files.read(newest + "/" + file); }
  void put(const std::string& file, const std::string& text) {
    files.corrupt(newest + "/" + file, text);
  }
  // The newest is refused with a warning that names `culprit`, and the one before is loaded whole.
  void expect_fallback(const std::string& culprit) {
    log.str("");
    ToyState back;
    EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 10);
    EXPECT_EQ(back, ToyState(10));
    EXPECT_NE(log.str().find(culprit), std::string::npos) << log.str();
    EXPECT_FALSE(find_problems(files, newest, Depth::contents).empty());
  }

  LyingFiles files;
  std::string folder = "/run/checkpoints", newest = folder + "/step-20";
  std::ostringstream log;

 private:
  std::shared_ptr<spdlog::logger> logger_, before_;
};

TEST_F(DamageTest, AnIntactCheckpointHasNoProblems) {
  EXPECT_TRUE(find_problems(files, newest, Depth::contents).empty());
  ToyState back;
  EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 20);
  EXPECT_EQ(log.str(), "");
}

TEST_F(DamageTest, EveryTruncationIsNoticed) {
  for (const char* file : {"rank0.h5", "manifest.json"}) {
    const std::string whole = bytes(file);
    std::vector<size_t> lengths = {
        0, 1, 7, 8, 9, whole.size() / 2, whole.size() - 2, whole.size() - 1};
    for (size_t block = 512; block < whole.size(); block += 512)
      lengths.insert(lengths.end(), {block - 1, block, block + 1});
    for (const size_t length : lengths) {
      put(file, whole.substr(0, length));
      expect_fallback(file);
    }
    put(file, whole + '\0');
    expect_fallback(file);
    put(file, whole);
  }
}

TEST_F(DamageTest, EveryFlippedBitOfTheManifestIsNoticed) {
  const std::string whole = bytes("manifest.json");
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    put("manifest.json", changed);
    expect_fallback("manifest.json");
  }
}

TEST_F(DamageTest, FlippedBitsOfTheFileAreNoticed) {
  const std::string whole = bytes("rank0.h5");
  const Random random(1, Stream::test);
  for (uint64_t i = 0; i < 300; ++i) {  // the first 96 bytes (HDF5's superblock) and 204 anywhere
    std::string changed = whole;
    const size_t at = i < 96 ? i : random.below(i, whole.size());
    changed[at] = static_cast<char>(changed[at] ^ (1 << i % 8));
    put("rank0.h5", changed);
    expect_fallback("rank0.h5");
  }
}

TEST_F(DamageTest, TheDamagedTensorIsNamed) {
  const Manifest manifest = read_manifest(files, newest);
  std::string changed = bytes("rank0.h5");
  changed[static_cast<size_t>(manifest.files[0].tensors[1].offset) + 5] ^= 1;
  put("rank0.h5", changed);
  const auto problems = find_problems(files, newest, Depth::contents);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("damaged tensors: optimizer/moment1"), std::string::npos)
      << problems[0];
  EXPECT_THROW(inspect_checkpoint(files, newest), Error);
}

TEST_F(DamageTest, DamageOutsideTheTensorsIsNoticedToo) {
  std::string changed = bytes("rank0.h5");
  changed[3] ^= 1;
  put("rank0.h5", changed);
  expect_fallback("no tensor is affected");
}

TEST_F(DamageTest, AMissingFileIsNoticed) {
  for (const char* file : {"rank0.h5", "manifest.json"}) {
    files.rename(newest + "/" + file, "/run/aside");
    expect_fallback(file);
    files.rename("/run/aside", newest + "/" + file);
  }
}

TEST_F(DamageTest, FilesOfAnotherStepAreNoticed) {
  const std::string whole = bytes("rank0.h5"), manifest = bytes("manifest.json");
  put("rank0.h5", files.read(folder + "/step-10/rank0.h5"));
  expect_fallback("rank0.h5");
  put("manifest.json", files.read(folder + "/step-10/manifest.json"));
  expect_fallback("is the manifest of step 10");
}

TEST_F(DamageTest, AManifestOfAnotherFormatVersionIsRefused) {
  Manifest manifest = read_manifest(files, newest);
  std::string text = encode_manifest(manifest);
  const size_t body = text.find("{\n");
  std::string inner = text.substr(body, text.size() - body - 2);
  inner.replace(inner.find("\"version\": 2"), 12, "\"version\": 3");
  put("manifest.json", text.substr(0, 12) + Sha256().update(inner).hex() +
                           text.substr(76, body - 76) + inner + "}\n");
  expect_fallback("format version 3, this program reads 1 to 2");
}

TEST_F(DamageTest, AWrongLatestOrNoneStillFindsTheNewest) {
  for (const char* text : {"", "step-", "step-20x\n", "rubbish", "step-99\n"}) {
    files.corrupt(folder + "/LATEST", text);
    ToyState back;
    EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 20) << text;
  }
  files.remove_file(folder + "/LATEST");
  ToyState back;
  EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 20);
}

TEST_F(DamageTest, WhenAllAreDamagedNothingIsLoadedAndTheCodeSaysSo) {
  for (const char* step : {"/step-10", "/step-20"}) files.corrupt(folder + step + "/rank0.h5", "x");
  ToyState back(5);
  try {
    restore(files, folder, back.list(), {}, alone);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::no_checkpoint);
  }
  EXPECT_EQ(back, ToyState(5));
}

}  // namespace
}  // namespace laconic
