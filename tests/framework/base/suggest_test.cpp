#include "framework/base/suggest.hpp"

#include <gmock/gmock.h>

namespace laconic {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> keys = {"kind", "lr", "momentum", "weight_decay", "schedule"};

TEST(Suggest, DistanceCountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("momentum", "momentmu"), 1u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);  // a swapped pair is not edited again
}

TEST(Suggest, DistanceTakesCaseAndHyphensForTheSame) {
  EXPECT_EQ(edit_distance("Weight-Decay", "weight_decay"), 0u);
}

TEST(Suggest, DistanceStopsAtTheLimitAndNeverUnderIt) {
  EXPECT_EQ(edit_distance("aaaaaaaa", "bbbbbbbb", 2), 3u);
  EXPECT_EQ(edit_distance("abcdefgh", "badcfehg", 4), 4u);
  EXPECT_EQ(edit_distance("abcdefgh", "badcfehg", 3), 4u);
}

TEST(Suggest, NearestFindsTheTypo) {
  EXPECT_THAT(nearest_names("momentun", keys, 1), ElementsAre("momentum"));
  EXPECT_THAT(nearest_names("weigth_decay", keys, 1), ElementsAre("weight_decay"));
  EXPECT_THAT(nearest_names("LR", keys, 1), ElementsAre("lr"));
}

TEST(Suggest, NearestStaysSilentWhenNothingIsNear) {
  EXPECT_THAT(nearest_names("batch_size", keys), IsEmpty());
  EXPECT_THAT(nearest_names("x", std::vector<std::string>{"y"}), IsEmpty());
  EXPECT_THAT(nearest_names("x", std::vector<std::string>{}), IsEmpty());
}

TEST(Suggest, NearestNamesComeNearestFirst) {
  const std::vector<std::string> names = {"dense2", "dense", "dens_e_", "sparse"};
  EXPECT_THAT(nearest_names("dense", names), ElementsAre("dense", "dense2", "dens_e_"));
  EXPECT_THAT(nearest_names("dense", names, 1), ElementsAre("dense"));
}

TEST(Suggest, TheQuestionNamesAll) {
  EXPECT_EQ(did_you_mean(std::vector<std::string>{}), "");
  EXPECT_EQ(did_you_mean(std::vector<std::string>{"a", "b"}), "; did you mean a or b?");
}

}  // namespace
}  // namespace laconic
