// State that differs between ranks, and has a meaning for another number of them: a mean, or that
// of rank 0.
#include <gmock/gmock.h>

#include "framework/base/error.hpp"
#include "framework/checkpoint/reader.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/ranks.hpp"
#include "tests/framework/checkpoint/restore.hpp"

namespace laconic {
namespace {

class ValuesOfRanks : public testing::Test {
 protected:
  struct State {
    std::vector<float> mean = std::vector<float>(3), first = std::vector<float>(2, -1),
                       own = std::vector<float>(2, -1);
    StateList list() {
      StateList list;
      list.add("mean", std::span(mean), Placement::rank_mean);
      list.add("first", std::span(first), Placement::rank0);
      list.add("own", std::span(own), Placement::per_rank);
      return list;
    }
  };
  static State of(int rank) {
    const auto r = static_cast<float>(rank);
    return {{1 + r, 0.1f * r, -r}, {r, 7 + r}, {r, r}};
  }
  void write(int ranks) {
    Ranks(ranks).run([&](Shard shard, const Agree& agree) {
      State state = of(shard.index);
      CheckpointWriter(files, folder, shard, agree, 2).write(1, state.list(), {});
    });
  }
  FileSystem& files = real_files();
  TemporaryFolder run;
  std::string folder = run / "checkpoints";
};

TEST_F(ValuesOfRanks, ComeBackBitForBitOnAsManyRanks) {
  write(3);
  Ranks(3).run([&](Shard shard, const Agree& agree) {
    State state;
    restore(files, folder, state.list(), shard, agree);
    EXPECT_EQ(state.mean, of(shard.index).mean);
    EXPECT_EQ(state.first, of(shard.index).first);
    EXPECT_EQ(state.own, of(shard.index).own);
  });
}

TEST_F(ValuesOfRanks, AreTheMeanOrThoseOfRank0OnAnotherNumber) {
  write(3);
  for (const int ranks : {1, 2, 4})
    Ranks(ranks).run([&](Shard shard, const Agree& agree) {
      State state;
      restore(files, folder, state.list(), shard, agree);
      EXPECT_EQ(state.mean, (std::vector<float>{2, 0.1f, -1})) << ranks;
      EXPECT_EQ(state.first, of(0).first) << ranks;
      EXPECT_EQ(state.own, State().own) << ranks;  // its initial values
    });
}

TEST_F(ValuesOfRanks, AreReadByNameAsWhatAllRanksAgreeOn) {
  write(3);
  State state;
  StateList list;
  list.add("mean", std::span(state.mean));
  list.add("own", std::span(state.own));
  EXPECT_TRUE(read_named(files, folder + "/step-1", list).missing.empty());
  EXPECT_EQ(state.mean, (std::vector<float>{2, 0.1f, -1}));
  EXPECT_EQ(state.own, of(0).own);
}

}  // namespace
}  // namespace laconic
