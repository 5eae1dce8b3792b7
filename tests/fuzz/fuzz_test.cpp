// A fixed number of damaged files for each reader, the inputs that once found a bug, and proof that
// the harness sees a bug when there is one.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "framework/base/error.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/fuzz/supervise.hpp"
#include "tests/places.hpp"

namespace laconic::fuzz {
namespace {

void expect_all_handled(const Target& target, uint64_t inputs, uint64_t least_refused) {
  spdlog::set_level(spdlog::level::off);  // warnings are expected
  const TemporaryFolder folder;
  uint64_t refused = 0;
  for (uint64_t number = 0; number < inputs; ++number) {
    const Outcome outcome = attempt(target, target.make(number), folder.path());
    ASSERT_EQ(outcome.wrong, "") << target.name << ", input " << number;
    refused += outcome.code != ExitCode::success;
  }
  EXPECT_GT(refused, least_refused) << "the damage is too tame to show anything";
  EXPECT_LT(refused, inputs) << "the damage is too coarse: the first check sees it all";
}

TEST(DamagedFiles, GraphsInHdf5) {
  expect_all_handled(hdf5_target(), 200, 70);
}
TEST(DamagedFiles, ImagesInIdx) {
  expect_all_handled(idx_target(), 1500, 700);
}
TEST(DamagedFiles, DataOfOtherPrograms) {
  expect_all_handled(import_target(), 1500, 700);
}
TEST(DamagedFiles, RowsOfLibsvm) {
  expect_all_handled(libsvm_target(), 1500, 700);
}
TEST(DamagedFiles, Manifests) {
  expect_all_handled(manifest_target(), 4000, 3000);
}
TEST(DamagedFiles, Checkpoints) {
  expect_all_handled(checkpoint_target(), 800, 500);
}

// corpus/fuzz/TARGET/NAME/: the files of one input that was once not refused as it must be.
TEST(DamagedFiles, ThatOnceFoundABug) {
  const auto corpus = tests_folder() / "corpus/fuzz";
  ASSERT_TRUE(std::filesystem::exists(corpus));
  const TemporaryFolder folder;
  for (const Target& target : targets()) {
    if (!std::filesystem::exists(corpus / target.name)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(corpus / target.name)) {
      const Outcome outcome = attempt(target, {pick_up(entry.path()), true}, folder.path());
      EXPECT_EQ(outcome.wrong, "") << entry.path();
    }
  }
}

Finding finding_of(void (*load)(const Files&, const std::string&), const std::string& folder) {
  Target broken = manifest_target();
  broken.name = "broken";
  broken.load = load;
  return supervise(
      broken, 1, [](uint64_t tried) { return tried < 50; }, folder);
}

TEST(NegativeControl, ABrokenReaderIsFoundAndItsInputKept) {
  const TemporaryFolder folder;
  const Finding accepts = finding_of([](const Files&, const std::string&) {}, folder.path());
  EXPECT_TRUE(accepts.found);
  EXPECT_EQ(accepts.what, "accepted, although it cannot be right");
  EXPECT_FALSE(pick_up(fmt::format("{}/broken-{}", folder.path(), accepts.number)).empty());

  const Finding escapes =
      finding_of([](const Files& files, const std::string&) { files.begin()->second.at(1 << 20); },
                 folder.path());
  EXPECT_TRUE(escapes.what.starts_with("no Error of ours")) << escapes.what;

  const Finding mute = finding_of(
      [](const Files&, const std::string&) { fail(ExitCode::data, "something is wrong"); },
      folder.path());
  EXPECT_EQ(mute.what, "names no file: something is wrong");

  const Finding wrong_code = finding_of(
      [](const Files&, const std::string&) { fail(ExitCode::internal, "manifest.json"); },
      folder.path());
  EXPECT_TRUE(wrong_code.what.starts_with("refused with code internal")) << wrong_code.what;
}

TEST(NegativeControl, ACrashIsFoundAndItsInputKept) {
  const TemporaryFolder folder;
  const Finding crash = finding_of(
      [](const Files&, const std::string&) {
        signal(SIGABRT, SIG_DFL);
        std::abort();
      },
      folder.path());
  EXPECT_TRUE(crash.found);
  EXPECT_EQ(crash.number, 1u);
  EXPECT_TRUE(crash.what.starts_with("ended by a signal") || crash.what.starts_with("exit code"))
      << crash.what;
  EXPECT_FALSE(pick_up(folder / "broken-1").empty());
}

#if defined(__SANITIZE_ADDRESS__)
TEST(NegativeControl, AReadOutOfBoundsIsFound) {
  const TemporaryFolder folder;
  const Finding finding = finding_of(
      [](const Files& files, const std::string&) {
        const std::string& text = files.begin()->second;
        const std::vector<char> copy(text.begin(), text.end());
        volatile char beyond = copy.data()[copy.size() + 1];
        (void)beyond;
      },
      folder.path());
  EXPECT_TRUE(finding.what.starts_with("exit code")) << finding.what;
}
#endif

}  // namespace
}  // namespace laconic::fuzz
