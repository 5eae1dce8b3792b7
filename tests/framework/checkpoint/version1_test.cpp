// Checkpoints of format version 1, among them one that the program of that time wrote
// (corpus/checkpoint_v1): 240 planted nodes, Ok-Topk, SGD with momentum, 11 of 18 steps, one rank.
#include "framework/checkpoint/version1.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/places.hpp"

namespace laconic {
namespace {

// A copy of it.
class OldRun {
 public:
  OldRun() {
    const std::string script = tests_folder() / "corpus/checkpoint_v1.sh";
    LACONIC_CHECK(std::system(("bash '" + script + "' '" + path() + "'").c_str()) == 0);
  }
  std::string path() const { return folder_ / "old"; }
  std::string checkpoints() const { return path() + "/checkpoints"; }

 private:
  TemporaryFolder folder_;
};

// The state of that run under its present names.
struct SavedRun {
  device::Buffer<float> parameters{104}, best{104}, moment1{104}, residual{104};
  double shares = 0, last_lr = 0, best_value = 0;
  int64_t optimizer_steps = 0, keeps = 0;
  int64_t sparse_step = 0, local_threshold = 0, global_threshold = 0, cut_is_due = 0;
  std::vector<int64_t> regions = std::vector<int64_t>(2);
  int64_t step = 0, epoch = 0, groups_done = 0, samples = 0, skipped = 0;
  int64_t evaluations = 0, best_step = 0, since_best = 0;
  std::vector<double> figures = std::vector<double>(15), last_figures = std::vector<double>(15);

  StateList list() {
    StateList state;
    state.add("parameters", parameters);
    state.add("best/parameters", best);
    state.add_value("optimizer/steps", optimizer_steps);
    state.add("optimizer/moment1", moment1);
    state.add("exchange/residual", residual, Placement::rank_sum);
    state.add_value("exchange/shares", shares);
    state.add_value("exchange/last_lr", last_lr);
    state.add_value("exchange/bucket.0/keeps", keeps);
    state.add_value("exchange/bucket.0/step", sparse_step, Placement::per_rank);
    state.add_value("exchange/bucket.0/local_threshold", local_threshold, Placement::per_rank);
    state.add_value("exchange/bucket.0/global_threshold", global_threshold, Placement::per_rank);
    state.add_value("exchange/bucket.0/cut_is_due", cut_is_due, Placement::per_rank);
    state.add("exchange/bucket.0/regions", regions, Placement::per_rank);
    state.add_value("method/step", step);
    state.add_value("method/samples", samples);
    state.add_value("method/skipped", skipped);
    state.add_value("sampler/epoch", epoch);
    state.add_value("sampler/groups_done", groups_done);
    state.add_value("best/evaluations", evaluations);
    state.add_value("best/step", best_step);
    state.add_value("best/since", since_best);
    state.add_value("best/value", best_value);
    state.add("best/figures", figures);
    state.add("best/last_figures", last_figures);
    return state;
  }
};

// As that program's own `laconic inspect` printed them.
const std::pair<const char*, const char*> hashes[] = {
    {"parameters", "b0339e5a55966db6"},
    {"best/parameters", "b5cc8b4ec2d1414d"},
    {"optimizer/steps", "5fd1b79ebdef9619"},
    {"optimizer/moment1", "4c84abf3f03cbb7d"},
    {"exchange/residual", "d4939a468d0804c3"},
    {"exchange/shares", "cc6ade343809d405"},
    {"exchange/last_lr", "c738dd99fada954a"},
    {"exchange/bucket.0/keeps", "7c9fa136d4413fa6"},
    {"exchange/bucket.0/step", "5fd1b79ebdef9619"},
    {"exchange/bucket.0/local_threshold", "af5570f5a1810b7a"},
    {"exchange/bucket.0/global_threshold", "af5570f5a1810b7a"},
    {"exchange/bucket.0/cut_is_due", "af5570f5a1810b7a"},
    {"exchange/bucket.0/regions", "95f56b239ef369f2"},
    {"method/step", "5fd1b79ebdef9619"},
    {"method/samples", "3a87a028ae405fbe"},
    {"method/skipped", "af5570f5a1810b7a"},
    {"sampler/epoch", "35be322d094f9d15"},
    {"sampler/groups_done", "d86e8112f3c4c444"},
    {"best/evaluations", "35be322d094f9d15"},
    {"best/step", "cbbd5f990c53684d"},
    {"best/since", "af5570f5a1810b7a"},
    {"best/value", "6f72210bda102e38"},
    {"best/figures", "0eaec237bd1c69d1"},
    {"best/last_figures", "0eaec237bd1c69d1"},
};

void expect_hashes(const StateList& state) {
  ASSERT_EQ(state.entries().size(), std::size(hashes));
  for (size_t i = 0; i < std::size(hashes); ++i) {
    const StateEntry& entry = state.entries()[i];
    EXPECT_EQ(entry.name, hashes[i].first);
    EXPECT_EQ(Sha256().update(entry.contents()).hex().substr(0, 16), hashes[i].second)
        << entry.name;
  }
}

TEST(VersionOne, IsReadByThePresentNames) {
  const OldRun old;
  SavedRun run;
  const Checkpoint checkpoint = restore(real_files(), old.checkpoints(), run.list(), {}, alone);
  EXPECT_EQ(checkpoint.version(), 1);
  EXPECT_EQ(checkpoint.step(), 11);
  EXPECT_EQ(checkpoint.attributes().at("config").at("comm").at("allreduce"), "oktopk");
  expect_hashes(run.list());
  EXPECT_EQ(run.step, 11);
  EXPECT_EQ(run.epoch, 3);
  EXPECT_EQ(run.groups_done, 2);
}

TEST(VersionOne, IsReadByNameToo) {
  const OldRun old;
  SavedRun run;
  const NamedLoad load = read_named(real_files(), old.path(), run.list());
  EXPECT_THAT(load.missing, testing::IsEmpty());
  EXPECT_THAT(load.extra, testing::IsEmpty());
  expect_hashes(run.list());
}

TEST(VersionOne, NamesWhatIsNotPartOfARunAsThePresentDoes) {
  const OldRun old;
  device::Buffer<float> parameters(104);
  StateList list;
  list.add("parameters", parameters);
  try {
    restore(real_files(), old.checkpoints(), list, {}, alone);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("sampler/groups_done is not part of this run"));
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("; run/")));
  }
}

TEST(VersionOne, KeepsItsFingerprint) {
  const OldRun old;
  EXPECT_EQ(checkpoint_fingerprint(real_files(), old.path()).substr(0, 16), "c60bd78b9df24372");
  EXPECT_THAT(inspect_checkpoint(real_files(), old.path()), testing::HasSubstr("run/groups_done"));
}

TEST(VersionOne, AloneHasTheOldNames) {
  for (const int version : {1, 2}) {
    Manifest manifest;
    manifest.version = version;
    FileRecord& file = manifest.files.emplace_back();
    for (const char* name : {"run/step", "parameters"}) file.tensors.emplace_back().name = name;
    rename_version1(manifest);
    EXPECT_EQ(manifest.files[0].tensors[0].name, version == 1 ? "method/step" : "run/step");
    EXPECT_EQ(manifest.files[0].tensors[1].name, "parameters");
  }
}

// Its configuration has the keys of every network. A CNN of that time had no normalisation.
TEST(VersionOne, KnowsNoKeyThatItsNetworkDidNotRead) {
  for (const int version : {1, 2})
    for (const char* kind : {"cnn", "gcn"}) {
      Manifest manifest;
      manifest.version = version;
      manifest.attributes["config"]["model"] = {{"kind", kind}, {"norm", "layer"}};
      forget_unread_version1(manifest);
      EXPECT_EQ(manifest.attributes["config"]["model"].contains("norm"),
                version == 2 || std::string(kind) == "gcn");
    }
}

}  // namespace
}  // namespace laconic
