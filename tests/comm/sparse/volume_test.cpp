// What Ok-Topk moves, counted in the transport at every step: words that do not grow with the
// ranks, whatever the data, and messages that grow as P + log P.
#include <gmock/gmock.h>

#include "comm/base/log2.hpp"
#include "comm/sparse/oktopk.hpp"
#include "tests/comm/sparse/training.hpp"

namespace laconic::comm::test {
namespace {

struct Volume {
  double bytes = 0;  // the most that a rank sent or received in a step
  double messages = 0;
  double selection = 0;  // bytes of the search for the threshold
  double small = 0;      // and of the search for regions with it
  std::string problem;
};

Volume volume(const SparseCase& c, int64_t first_step = 0) {
  Volume result;
  result.problem = train(
      c, [&](int) { return make_rank(c); },
      [&](int64_t step, const std::vector<RankStep>& steps) -> std::string {
        if (step < first_step) return "";
        const auto most = [](double& so_far, const Traffic& t) {
          so_far = std::max(
              {so_far, static_cast<double>(t.bytes_sent), static_cast<double>(t.bytes_received)});
        };
        for (const RankStep& of_rank : steps) {
          Traffic total;
          of_rank.traffic.each([&](Tag, const Traffic& t) { total += t; });
          most(result.bytes, total);
          result.messages = std::max(result.messages, static_cast<double>(total.messages_sent));
          most(result.selection, of_rank.traffic[select_tag]);
          Traffic small = of_rank.traffic[select_tag];
          small += of_rank.traffic[region_tag];
          most(result.small, small);
        }
        return "";
      });
  return result;
}

std::vector<int> some_ranks() {
  if (sanitized) return {3};
  return {2, 3, 4, 6, 8, 16};
}

SparseCase plain(int ranks, const std::string& data) {
  SparseCase c;
  c.options.format = {ops::IndexCodec::plain, ops::ValueType::float32};
  c.ranks = ranks;
  c.n = 100'000;
  c.k = 1000;
  c.data = data;
  c.steps = 8;
  c.distinct = true;
  return c;
}

TEST(Volume, OfExactOkTopkStaysBelowSixKWordsAtEveryStepWhateverTheData) {
  for (const int P : some_ranks())
    for (const char* data : {"uniform", "decaying", "hot_slice", "rank_disjoint", "one_region"}) {
      const SparseCase c = plain(P, data);
      const Volume v = volume(c);
      EXPECT_EQ(v.problem, "");
      EXPECT_LE(v.bytes, 4.0 * 6 * static_cast<double>(c.k) + 64 * P) << P << " " << data;
    }
}

TEST(Volume, OfBalancedDataIsFourKWordsTimesPMinusOneOverPAndSmallThings) {
  for (const int P : some_ranks()) {
    const SparseCase c = plain(P, "uniform");
    const double words = 4.0 * static_cast<double>(c.k) * (P - 1) / P;
    const Volume steady = volume(c, 4);
    EXPECT_LE(steady.bytes, 4 * words * 1.07 + 64 * P + steady.small) << P;
    EXPECT_LE(steady.small, 4 * words * 0.2) << P;
    EXPECT_LE(volume(c).selection, 0.1 * 16 * static_cast<double>(c.k)) << P;
    EXPECT_GE(steady.bytes, 2 * words) << P;  // two words a pair of the result must arrive
  }
}

TEST(Volume, OfOkTopkDoesNotGrowWithTheRanksAndThatOfTopkADoes) {
  SparseCase few = plain(4, "uniform");
  if (sanitized) GTEST_SKIP() << "slow, and the same code as above";
  few.n = 400'000;
  few.k = 8000;
  few.steps = 3;
  SparseCase many = few;
  many.ranks = 16;
  EXPECT_LE(volume(many).bytes / volume(few).bytes, 1.30);
  few.algorithm = many.algorithm = "topka";
  EXPECT_NEAR(volume(many).bytes / volume(few).bytes, 5, 0.1);
}

TEST(Volume, InMessagesGrowsAsPPlusLogP) {
  for (const int P : {2, 3, 4, 8, 12, 16}) {
    const Volume v = volume(plain(P, "uniform"));
    EXPECT_LE(v.messages, 2 * (P - 1) + 16 * log2_ceil(P)) << P;
  }
}

TEST(Volume, WithCodedIndicesAndShortValuesIsLessThanHalf) {
  SparseCase whole = plain(8, "uniform");
  if (sanitized) GTEST_SKIP() << "slow, and the same code as above";
  whole.n = 400'000;
  whole.k = 4000;
  whole.steps = 4;
  SparseCase coded = whole;
  coded.options.format.codec = ops::IndexCodec::rice;
  coded.options.format.type = ops::ValueType::bfloat16;
  EXPECT_LE(volume(coded, 1).bytes, 0.45 * volume(whole, 1).bytes);
}

// Equal regions on a hot slice: what regions are there to avoid.
TEST(Volume, OfEqualRegionsExplodesOnAHotSlice) {
  SparseCase regions = plain(8, "hot_slice");
  SparseCase equal = regions;
  equal.algorithm = "topkdsa";  // equal regions; its gather keeps everything, too
  EXPECT_GE(volume(equal).bytes, 3 * volume(regions, 1).bytes);
}

}  // namespace
}  // namespace laconic::comm::test
