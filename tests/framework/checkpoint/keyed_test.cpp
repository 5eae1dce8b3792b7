// State of logical sites: written by whoever hosts it, read by whoever wants it, on any number of
// ranks; held twice it is damage, held by nobody a misfit.
#include <gmock/gmock.h>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/ownership.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/ranks.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/framework/checkpoint/sites.hpp"

namespace laconic {
namespace {

using testing::HasSubstr;
using Names = std::vector<std::string>;
constexpr int64_t count = 7;  // sites

class KeyedState : public testing::Test {
 protected:
  FileSystem& files = real_files();
  TemporaryFolder run;
  std::string folder = run / "checkpoints", newest = folder + "/step-1";

  void write(int ranks, int64_t step = 1) {
    Ranks(ranks).run([&](Shard shard, const Agree& agree) {
      CheckpointWriter(files, folder, shard, agree, 2).write(step, worked(count, shard).list(), {});
    });
  }
  void damage(const std::string& file) { files.truncate(newest + "/" + file, 100); }
  // What goes wrong when `action` is taken; "" if nothing does.
  template <class Action>
  std::string error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return fmt::format("{}: {}", exit_code_name(error.code()), error.what());
    }
    return {};
  }
};

TEST_F(KeyedState, IsReadOnAnyNumberOfRanks) {
  for (const int writers : {1, 2, 3, 4}) {
    write(writers, writers);
    for (const int readers : {1, 2, 3, 4, 9})
      Ranks(readers).run([&](Shard shard, const Agree& agree) {
        Sites back(count, shard);
        const Checkpoint checkpoint = restore(files, folder, back.list(), shard, agree, writers);
        EXPECT_EQ(checkpoint.ranks(), writers);
        EXPECT_EQ(back, worked(count, shard)) << writers << " -> " << readers;
      });
  }
}

TEST_F(KeyedState, IsReadByAnyNumberOfRanksAtOnce) {
  write(3);
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    Sites all(count, {0, 1});
    restore(files, folder, all.list(), shard, agree);
    EXPECT_EQ(all, worked(count, {0, 1}));
  });
}

TEST_F(KeyedState, ThatNobodyHoldsIsAMisfitAndChangesNothing) {
  write(2);
  Sites back(count + 1, {});
  EXPECT_THAT(error_of([&] { restore(files, folder, back.list(), {}, alone); }),
              AllOf(HasSubstr("data"), HasSubstr("site/7/correction is missing"),
                    HasSubstr("site/7/messages is missing")));
  EXPECT_EQ(back, Sites(count + 1, {}));
}

TEST_F(KeyedState, ThatNobodyWantsIsNoMisfit) {
  write(2);
  Sites back(count - 3, {});
  restore(files, folder, back.list(), {}, alone);
  EXPECT_EQ(back, worked(count - 3, {}));
}

TEST_F(KeyedState, ThatTwoRanksWriteIsRefusedWhenItIsWritten) {
  write(2);
  std::atomic<int> refused{0};
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    CheckpointWriter writer(files, folder, shard, agree, 2);
    Sites all = worked(count, {});  // on both
    const std::string error = error_of([&] { writer.write(2, all.list(), {}); });
    EXPECT_THAT(error, HasSubstr("older ones are intact"));
    if (shard.index == 0) {
      EXPECT_THAT(error, HasSubstr("site/0/correction is in rank0.h5 and in rank1.h5"));
    }
    refused += error.empty() ? 0 : 1;
  });
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(files.list(folder), (Names{"LATEST", "step-1"}));
}

// No writer leaves such a manifest; one that is edited and sealed again has it.
TEST_F(KeyedState, ThatTwoFilesHoldIsDamage) {
  write(2);
  write(2, 2);
  Manifest manifest = read_manifest(files, folder + "/step-2");
  manifest.files[1].tensors[0].placement = Placement::per_rank;  // passes as another thing
  manifest.files[1].tensors[0].name = "site/0/correction";
  std::string text = encode_manifest(manifest);
  const size_t body = text.find("{\n");
  std::string inner = text.substr(body, text.size() - body - 2);
  inner.replace(inner.find("per_rank"), 8, "keyed");
  text = text.substr(0, 12) + Sha256().update(inner).hex() + text.substr(76, body - 76) + inner +
         "}\n";
  write_atomically(files, folder + "/step-2/manifest.json", text);
  EXPECT_THAT(find_problems(files, folder + "/step-2", Depth::contents),
              testing::ElementsAre(
                  HasSubstr("manifest.json: site/0/correction is in rank0.h5 and in rank1.h5")));
  Sites back(count, {});
  EXPECT_EQ(restore(files, folder, back.list(), {}, alone).step(), 1);
}

TEST_F(KeyedState, OfADamagedFileMakesAllRanksFallBack) {
  for (const int readers : {1, 2, 3, 4, 5}) {
    write(4, 1);
    write(4, 2);
    files.truncate(folder + "/step-2/rank3.h5", 100);  // read by others than rank 3 as well
    Ranks(readers).run([&](Shard shard, const Agree& agree) {
      Sites back(count, shard);
      EXPECT_EQ(restore(files, folder, back.list(), shard, agree).step(), 1) << readers;
      EXPECT_EQ(back, worked(count, shard));
    });
    for (const char* step : {"/step-1", "/step-2"}) remove_ours(files, folder + step);
    files.remove_file(folder + "/LATEST");
  }
}

TEST_F(KeyedState, IsLeftAloneWhenAFileIsDamagedAfterOpening) {
  write(3);
  const Checkpoint checkpoint = open_best(files, folder, {1, 2}, alone);
  damage("rank2.h5");
  Sites back(count, {1, 2});  // lives in all three files
  EXPECT_THAT(error_of([&] { checkpoint.read(back.list()); }), HasSubstr("rank2.h5"));
  EXPECT_EQ(back, Sites(count, {1, 2}));
}

TEST_F(KeyedState, OfOtherFilesIsNotReadWhereNobodyWantsIt) {
  write(4);
  for (const char* file : {"rank1.h5", "rank3.h5"}) damage(file);
  Sites back(count, {2, 4});
  restore(files, folder, back.list(), {2, 4}, alone);
  EXPECT_EQ(back, worked(count, {2, 4}));
  EXPECT_THROW(open_best(files, folder, {1, 4}, alone), Error);
}

TEST_F(KeyedState, IsFoundByNameInWhicheverFileHoldsIt) {
  write(3);
  std::vector<float> of_five(5), parameters(16);
  device::Buffer<float> of_four(5);
  std::vector<int64_t> messages;
  StateList wanted;
  wanted.add_keyed("site", 5, "correction", of_five);
  wanted.add_keyed("site", 4, "correction", of_four);
  wanted.add_varying(keyed_name("site", 4, "messages"), messages, Placement::keyed);
  wanted.add_keyed("site", 99, "correction", parameters);
  damage("rank0.h5");  // holds nothing that is wanted
  const NamedLoad load = read_named(files, newest, wanted);
  EXPECT_EQ(load.loaded, (Names{"site/5/correction", "site/4/correction", "site/4/messages"}));
  EXPECT_EQ(load.missing, Names{"site/99/correction"});
  EXPECT_THAT(load.extra,
              testing::AllOf(testing::Contains("site/0/messages"), testing::Contains("parameters"),
                             testing::Not(testing::Contains("site/4/messages"))));
  EXPECT_EQ(of_five, std::vector<float>(5, 6.0f));
  EXPECT_THAT(of_four.span(), testing::Each(5.0f));
  EXPECT_EQ(messages, std::vector<int64_t>(4, 104));

  wanted.add("parameters", parameters);  // lies in rank 0's file
  EXPECT_THAT(error_of([&] { read_named(files, newest, wanted); }), HasSubstr("rank0.h5"));
  StateList replicated, misfit;
  std::vector<float> again(5), of_six(6);
  replicated.add("site/4/correction", again);
  EXPECT_EQ(read_named(files, newest, replicated).loaded, Names{"site/4/correction"});
  EXPECT_THAT(again, testing::Each(5.0f));
  misfit.add("site/4/correction", of_six);
  EXPECT_THAT(error_of([&] { read_named(files, newest, misfit); }),
              HasSubstr("is keyed float32[5], expected keyed float32[6]"));
}

}  // namespace
}  // namespace laconic
