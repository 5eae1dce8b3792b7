// State that is declared before it has memory, and state whose length varies: what a checkpoint of
// it is, and how long.
#include <gmock/gmock.h>

#include <numeric>

#include "framework/base/error.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/ranks.hpp"
#include "tests/framework/checkpoint/restore.hpp"

namespace laconic {
namespace {

class DeclaredState : public testing::Test {
 protected:
  FileSystem& files = real_files();
  TemporaryFolder run;
  std::string folder = run / "checkpoints";
  CheckpointWriter writer{files, folder, {}, alone, 2};
};

TEST_F(DeclaredState, HasItsMemoryWhenItWasRead) {
  device::Buffer<float> moments(1000);
  StateList list;
  list.add("moments", moments);
  EXPECT_THROW(writer.write(1, list, {}), Error);  // there is nothing to write yet
  moments.allocate();
  std::iota(moments.span().begin(), moments.span().end(), 1.0f);
  writer.write(1, list, {});

  device::Buffer<float> back(1000);
  StateList into;
  into.add("moments", back);
  restore(files, folder, into, {}, alone);
  ASSERT_TRUE(back.is_allocated());
  back.allocate();  // keeps what was read
  EXPECT_EQ(state_fingerprint(into), state_fingerprint(list));

  device::Buffer<float> longer(1001);
  StateList misfit;
  misfit.add("moments", longer);
  EXPECT_THROW(restore(files, folder, misfit, {}, alone), Error);
  EXPECT_FALSE(longer.is_allocated());
}

TEST_F(DeclaredState, OfRanksThatGetNothingOfASumIsZero) {
  device::Buffer<float> residual(4);
  residual.allocate();
  residual.span()[2] = 3;
  StateList list;
  list.add("residual", residual, Placement::rank_sum);
  writer.write(1, list, {});
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    device::Buffer<float> back(4);
    StateList into;
    into.add("residual", back, Placement::rank_sum);
    restore(files, folder, into, shard, agree);
    EXPECT_EQ(back.span()[2], shard.index == 0 ? 3 : 0);
  });
}

TEST_F(DeclaredState, OfVaryingLengthComesBackWithTheLengthItWasWrittenWith) {
  for (const size_t length : {3, 0, 2000}) {
    std::vector<double> replay(length);
    std::iota(replay.begin(), replay.end(), 0.5);
    std::vector<double> back(17, -1.0);
    StateList list, into;
    list.add_varying("replay", replay);
    into.add_varying("replay", back);
    writer.write(static_cast<int64_t>(length), list, {});
    restore(files, folder, into, {}, alone, length);
    EXPECT_EQ(back, replay);
  }
  std::vector<float> other_type;
  StateList misfit;
  misfit.add_varying("replay", other_type);
  try {
    restore(files, folder, misfit, {}, alone, 2000);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("replay is replicated float64[2000], expected "
                                                 "replicated float32[any number]"));
  }
}

TEST_F(DeclaredState, OfVaryingLengthIsEachRanksOwn) {
  const auto own = [](Shard shard) { return std::vector<int32_t>(shard.index + 1, shard.index); };
  Ranks(3).run([&](Shard shard, const Agree& agree) {
    std::vector<int32_t> messages = own(shard), back;
    StateList list, into;
    list.add_varying("messages", messages, Placement::per_rank);
    into.add_varying("messages", back, Placement::per_rank);
    CheckpointWriter(files, folder, shard, agree, 2).write(1, list, {});
    restore(files, folder, into, shard, agree);
    EXPECT_EQ(back, own(shard));
  });
}

TEST_F(DeclaredState, IsKnownBeforeTheStateWhenItDependsOnAttributes) {
  std::vector<float> ranks_of_layers(12, 2.0f);
  StateList list;
  list.add("factors", ranks_of_layers);
  writer.write(1, list, {{"factors", 12}});
  const Checkpoint checkpoint = open_best(files, folder, {}, alone);
  device::Buffer<float> factors(checkpoint.attributes().at("factors").get<int64_t>());
  StateList into;
  into.add("factors", factors);
  checkpoint.read(into);
  EXPECT_THAT(factors.span(), testing::Each(2.0f));
}

TEST_F(DeclaredState, TellsTheSizeOfItsFileBeforeItHasMemory) {
  const nlohmann::json attributes = {{"graph", std::vector<int>(1000, 7)}};
  for (const int64_t count : {0, 1, 1000, 300'000}) {
    device::Buffer<float> parameters(count), residual(count);
    int64_t step = 0;
    StateList list;
    list.add("parameters", parameters);
    list.add_value("step", step);
    list.add("residual", residual, Placement::rank_sum);
    const int64_t expected = image_bytes(list, attributes);
    const int64_t of_rank1 = image_bytes(list, attributes, 1);
    EXPECT_EQ(parameters.is_allocated(), count == 0);
    parameters.allocate();
    residual.allocate();
    Ranks(2).run([&](Shard shard, const Agree& agree) {
      CheckpointWriter(files, folder, shard, agree, 2).write(1, list, attributes);
    });
    EXPECT_EQ(expected, files.size(folder + "/step-1/rank0.h5")) << count;
    EXPECT_EQ(of_rank1, files.size(folder + "/step-1/rank1.h5")) << count;
  }
  // Far more than there is memory, and in no time.
  device::Buffer<double> huge(int64_t{1} << 40);
  StateList list;
  list.add("huge", huge);
  EXPECT_NEAR(static_cast<double>(image_bytes(list)), std::exp2(43), 65536);
  EXPECT_EQ(image_bytes(list, {}, 1), 0);  // rank 0 writes it
}

}  // namespace
}  // namespace laconic
