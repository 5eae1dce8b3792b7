// Round trips on the real disk: what is written comes back bit for bit, also to other tools and to
// another number of ranks.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <mutex>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "framework/checkpoint/writer.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/ranks.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/framework/checkpoint/toy_state.hpp"

namespace laconic {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

class CheckpointTest : public testing::Test {
 protected:
  FileSystem& files = real_files();
  TemporaryFolder run;
  std::string folder = run / "checkpoints";
  CheckpointWriter writer{files, folder, {}, alone, 2};

  void write(int64_t step) { writer.write(step, ToyState(step).list(), {{"config", "x"}}); }
  std::vector<int64_t> steps() { return steps_in_order_of_trust(files, folder); }
  ExitCode code_of_reading(const StateList& into, std::optional<int64_t> step = {}) {
    try {
      restore(files, folder, into, {}, alone, step);
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    return ExitCode::success;
  }
  std::string message;
};

TEST_F(CheckpointTest, StateAttributesAndStepComeBackBitForBit) {
  const json attributes = {{"graph", {1, 2, 3}}, {"schema", "ä"}, {"bytes_sent", int64_t{1} << 60}};
  ToyState state(7);
  state.parameters[3] = std::numeric_limits<float>::quiet_NaN();
  writer.write(7, state.list(), attributes);

  ToyState back;
  const Checkpoint loaded = restore(files, folder, back.list(), {}, alone);
  EXPECT_EQ(loaded.step(), 7);
  EXPECT_EQ(loaded.ranks(), 1);
  EXPECT_EQ(loaded.attributes(), attributes);
  EXPECT_EQ(state_fingerprint(back.list()), state_fingerprint(state.list()));
  EXPECT_EQ(files.read(folder + "/LATEST"), "step-7\n");
}

TEST_F(CheckpointTest, TheSameStateGivesTheSameBytes) {
  write(3);
  const std::string first = files.read(folder + "/step-3/rank0.h5");
  write(3);
  EXPECT_TRUE(first == files.read(folder + "/step-3/rank0.h5"));
}

TEST_F(CheckpointTest, Hdf5ReadsEveryTensorUnderItsPath) {
  write(5);
  const hid_t file = H5Fopen((folder + "/step-5/rank0.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  const hid_t set = H5Dopen2(file, "optimizer/moment1", H5P_DEFAULT);
  std::vector<double> values(300);
  EXPECT_GE(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  EXPECT_EQ(values, ToyState(5).moments);

  const hid_t attribute = H5Aopen(set, "placement", H5P_DEFAULT);
  const hid_t type = H5Tcopy(H5T_C_S1);  // as a C program would read it
  H5Tset_size(type, 64);
  H5Tset_cset(type, H5T_CSET_UTF8);
  char placement[64] = "";
  EXPECT_GE(H5Aread(attribute, type, placement), 0);
  EXPECT_STREQ(placement, "replicated");

  const hid_t step = H5Aopen(file, "step", H5P_DEFAULT);
  int64_t at = 0;
  EXPECT_GE(H5Aread(step, H5T_NATIVE_INT64, &at), 0);
  EXPECT_EQ(at, 5);
  const hid_t text = H5Dopen2(file, "attributes.json", H5P_DEFAULT);
  const hid_t text_type = H5Dget_type(text);
  std::string attributes(H5Tget_size(text_type), '\0');
  EXPECT_GE(H5Dread(text, text_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, attributes.data()), 0);
  EXPECT_EQ(json::parse(attributes), json({{"config", "x"}}));
  for (const hid_t id : {set, text}) H5Dclose(id);
  for (const hid_t id : {type, text_type}) H5Tclose(id);
  for (const hid_t id : {attribute, step}) H5Aclose(id);
  EXPECT_GE(H5Fclose(file), 0);
}

TEST_F(CheckpointTest, OnlyTheNewestTwoAreKept) {
  for (const int64_t step : {10, 20, 30}) write(step);
  EXPECT_EQ(steps(), (std::vector<int64_t>{30, 20}));
}

TEST_F(CheckpointTest, ADamagedCheckpointNeverPushesOutAGoodOne) {
  write(10);
  write(20);
  files.remove_file(folder + "/step-20/rank0.h5");
  write(30);
  EXPECT_EQ(steps(), (std::vector<int64_t>{30, 20, 10}));
}

TEST_F(CheckpointTest, AnExactStepIsReadOnRequestAndAMissingOneHasNoFallback) {
  write(10);
  write(20);
  ToyState back;
  EXPECT_EQ(restore(files, folder, back.list(), {}, alone, 10).step(), 10);
  EXPECT_EQ(back, ToyState(10));
  EXPECT_EQ(code_of_reading(back.list(), 15), ExitCode::no_checkpoint);
  EXPECT_EQ(back, ToyState(10));
}

TEST_F(CheckpointTest, AfterGoingBackTheAbandonedFutureIsTrustedLeastAndRemovedFirst) {
  CheckpointWriter three{files, folder, {}, alone, 3};
  for (const int64_t step : {10, 20, 30}) three.write(step, ToyState(step).list(), {});
  three.write(15, ToyState(15).list(), {});
  EXPECT_EQ(steps(), (std::vector<int64_t>{15, 10, 30}));
  ToyState back;
  EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 15);
}

TEST_F(CheckpointTest, NoCheckpointIsAnErrorOfItsOwn) {
  EXPECT_EQ(code_of_reading(ToyState().list()), ExitCode::no_checkpoint);
}

TEST_F(CheckpointTest, AStateOfAnotherShapeIsRefusedWithAllDifferencesAndLeavesItUntouched) {
  write(10);
  std::vector<float> parameters(999, -1.0f);
  std::vector<int64_t> other(2);
  StateList state;
  state.add("model/parameters", std::span(parameters));
  state.add("model/other", std::span(other));
  EXPECT_EQ(code_of_reading(state), ExitCode::data);
  for (const char* part :
       {"model/parameters is replicated float32[1000], expected replicated float32[999]",
        "model/other is missing", "optimizer/moment1 is not part of this run"})
    EXPECT_NE(message.find(part), message.npos) << message;
  EXPECT_EQ(parameters, std::vector<float>(999, -1.0f));
}

TEST_F(CheckpointTest, TheSnapshotIsTakenAtBeginAndExistsFromCommitOn) {
  ToyState state(10);
  writer.begin(10, state.list(), {});
  state.set(11);
  EXPECT_TRUE(writer.in_progress());
  EXPECT_TRUE(steps().empty());
  writer.commit();
  EXPECT_FALSE(writer.in_progress());
  ToyState back;
  restore(files, folder, back.list(), {}, alone);
  EXPECT_EQ(back, ToyState(10));
}

TEST_F(CheckpointTest, NamedTensorsInitialiseAnotherModel) {
  write(10);
  std::vector<float> parameters(1000), head(10, 4.0f);
  StateList state;
  state.add("model/parameters", std::span(parameters));
  state.add("model/head", std::span(head));
  const NamedLoad load = read_named(files, run.path(), state);  // the run folder is enough
  EXPECT_EQ(load.loaded, Names{"model/parameters"});
  EXPECT_EQ(load.missing, Names{"model/head"});
  EXPECT_EQ(load.extra, (Names{"optimizer/moment1", "optimizer/nothing", "loop/step"}));
  EXPECT_EQ(parameters, ToyState(10).parameters);
  EXPECT_EQ(head, std::vector<float>(10, 4.0f));

  std::vector<float> wrong(1001);
  StateList misfit;
  misfit.add("model/parameters", std::span(wrong));
  EXPECT_THROW(read_named(files, folder + "/step-10", misfit), Error);
}

TEST_F(CheckpointTest, InspectShowsRangeNormAndNonFiniteValues) {
  ToyState state(10);
  state.parameters.assign({3, -4, std::numeric_limits<float>::infinity()});
  writer.write(10, state.list(), {});
  const std::string table = inspect_checkpoint(files, run.path());
  EXPECT_NE(table.find("step 10, written by 1 rank\n"), table.npos);
  EXPECT_TRUE(testing::internal::RE::PartialMatch(
      table,
      testing::internal::RE("model/parameters +float32 +3 +replicated +-4 +3 +5 +1 +[0-9a-f]{16}")))
      << table;
}

TEST_F(CheckpointTest, FingerprintsSeeBytesNamesAndTypes) {
  std::vector<float> values(4, 1.0f);
  StateList a, b;
  a.add("x", std::span(values));
  b.add("y", std::span(values));
  EXPECT_NE(state_fingerprint(a), state_fingerprint(b));
  const std::string before = state_fingerprint(a);
  values[2] = std::nextafter(1.0f, 2.0f);
  EXPECT_NE(state_fingerprint(a), before);
}

void write_with_ranks(FileSystem& files, const std::string& folder, int count, bool with_own) {
  Ranks(count).run([&](Shard shard, const Agree& agree) {
    RankState state;
    state.parameters.assign(16, 9.0f);
    state.residual.assign(4, static_cast<float>(1 << shard.index));
    state.own = {100 + shard.index};
    CheckpointWriter(files, folder, shard, agree, 2).write(1, state.list(with_own), {});
  });
}

TEST_F(CheckpointTest, EveryRankGetsItsOwnStateBack) {
  write_with_ranks(files, folder, 3, true);
  EXPECT_EQ(files.list(folder + "/step-1"),
            (Names{"manifest.json", "rank0.h5", "rank1.h5", "rank2.h5"}));
  Ranks(3).run([&](Shard shard, const Agree& agree) {
    RankState back;
    restore(files, folder, back.list(true), shard, agree);
    EXPECT_EQ(back.parameters, std::vector<float>(16, 9.0f));
    EXPECT_EQ(back.residual, std::vector<float>(4, static_cast<float>(1 << shard.index)));
    EXPECT_EQ(back.own[0], 100 + shard.index);
  });
}

TEST_F(CheckpointTest, AnotherNumberOfRanksKeepsTheSumOfResiduals) {
  write_with_ranks(files, folder, 4, false);
  for (const int count : {1, 2, 3, 8}) {
    std::mutex mutex;
    float sum = 0;
    Ranks(count).run([&](Shard shard, const Agree& agree) {
      RankState back;
      back.residual.assign(4, 77.0f);
      const Checkpoint loaded = restore(files, folder, back.list(false), shard, agree);
      EXPECT_EQ(loaded.ranks(), 4);
      EXPECT_EQ(back.parameters, std::vector<float>(16, 9.0f));
      const std::lock_guard lock(mutex);
      sum += back.residual[1];
    });
    EXPECT_EQ(sum, 15.0f) << count << " ranks";
  }
}

TEST_F(CheckpointTest, StateOfARankStartsAfreshWithAnotherNumberOfRanks) {
  write_with_ranks(files, folder, 2, true);
  Ranks(3).run([&](Shard shard, const Agree& agree) {
    RankState back;
    back.own = {7};
    restore(files, folder, back.list(true), shard, agree);
    EXPECT_EQ(back.own[0], 7);
    EXPECT_EQ(back.parameters, std::vector<float>(16, 9.0f));
  });
}

TEST_F(CheckpointTest, RanksWithoutStateOfTheirOwnWriteNoFile) {
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    CheckpointWriter(files, folder, shard, agree, 2).write(1, ToyState(1).list(), {});
  });
  EXPECT_EQ(files.list(folder + "/step-1"), (Names{"manifest.json", "rank0.h5"}));
}

TEST_F(CheckpointTest, DamageSeenByOneRankMakesAllRanksFallBack) {
  write_with_ranks(files, folder, 2, false);
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    RankState state;
    CheckpointWriter(files, folder, shard, agree, 2).write(2, state.list(false), {});
  });
  files.truncate(folder + "/step-2/rank1.h5", 100);
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    RankState back;
    EXPECT_EQ(restore(files, folder, back.list(false), shard, agree).step(), 1);
  });
}

TEST_F(CheckpointTest, AFailureOnOneRankIsAnErrorOnAllAndLeavesTheOldState) {
  write_with_ranks(files, folder, 2, false);
  std::atomic<int> errors{0};
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    RankState state;
    CheckpointWriter ranked(files, folder, shard, agree, 2);
    ranked.begin(2, state.list(false), {});
    try {  // rank 1 says no where all agree that the shards are written
      int calls = 0;
      CheckpointWriter broken(
          files, folder, shard,
          [&](ExitCode mine) {
            return agree(shard.index == 1 && ++calls == 2 ? ExitCode::environment : mine);
          },
          2);
      ranked.commit();
      broken.write(3, state.list(false), {});
    } catch (const Error& error) {
      errors += error.code() == ExitCode::environment;
    }
  });
  EXPECT_EQ(errors, 2);
  EXPECT_EQ(steps(), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(files.list(folder), (Names{"LATEST", "step-1", "step-2"}));
}

}  // namespace
}  // namespace laconic
