// What the launcher got wrong is seen from the ranks' places, and the advice can be typed.
#include "apps/laconic/run/launch_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Place place(const char* host, int first, int count, int host_cores, int slurm_cpus = 0) {
  Place result{host, std::vector<int>(count), host_cores, slurm_cpus};
  std::iota(result.cores.begin(), result.cores.end(), first);
  return result;
}

TEST(DefaultThreads, AreAShareOfTheCoresWithinTheLimitsOfEachRank) {
  std::vector<Place> places = {place("a", 0, 8, 8), place("a", 0, 8, 8), place("b", 0, 8, 8)};
  EXPECT_EQ(default_threads(places), (std::vector<int>{4, 4, 8}));
  places[1].limits.threads = 3;
  places[2].limits = {6, "OMP_NUM_THREADS=6", 2.5};
  EXPECT_EQ(default_threads(places), (std::vector<int>{4, 3, 2}));
  const Place copy = place_of(to_text(places[2]));
  EXPECT_EQ(copy.limits.asked_by, "OMP_NUM_THREADS=6");
  EXPECT_EQ(copy.limits.granted_cpus, 2.5);
}

TEST(LaunchCheck, BoundRanksShareNothingAndUnboundOnesEverything) {
  EXPECT_THAT(sharing({place("a", 0, 4, 8), place("a", 4, 4, 8), place("b", 0, 4, 8)}),
              ElementsAre(1, 1, 1));
  EXPECT_THAT(sharing({place("a", 0, 8, 8), place("a", 0, 8, 8), place("b", 0, 8, 8)}),
              ElementsAre(2, 2, 1));
  EXPECT_THAT(sharing({place("a", 0, 2, 8), place("a", 1, 2, 8), place("a", 4, 2, 8)}),
              ElementsAre(2, 2, 1));
}

TEST(LaunchCheck, WhatFitsIsNotTalkedAbout) {
  EXPECT_THAT(launch_warnings({place("a", 0, 4, 8), place("a", 4, 4, 8)}, {4, 4}), IsEmpty());
  EXPECT_THAT(launch_warnings({place("a", 0, 8, 8, 4), place("a", 0, 8, 8, 4)}, {4, 4}), IsEmpty());
  // Asked for more than a host has: nothing that srun could be told would help.
  EXPECT_THAT(launch_warnings({place("a", 0, 2, 2, 12)}, {2}), IsEmpty());
}

TEST(LaunchCheck, SrunThatForgotTheCpus) {
  EXPECT_THAT(launch_warnings({place("a", 0, 1, 24, 12), place("a", 1, 1, 24, 12)}, {1, 1}),
              ElementsAre(AllOf(HasSubstr("may use 1"), HasSubstr("srun --cpus-per-task=12"))));
}

TEST(LaunchCheck, MoreThreadsThanTheRankMayUse) {
  EXPECT_THAT(launch_warnings({place("a", 0, 1, 64), place("a", 1, 31, 64)}, {8, 8}),
              ElementsAre(AllOf(HasSubstr("rank 0 on a: 8 compute threads on 1 of 64 cores"),
                                HasSubstr("mpirun --bind-to none"))));
}

TEST(LaunchCheck, Oversubscription) {
  const Place whole = place("a", 0, 4, 4);
  EXPECT_THAT(launch_warnings({whole, whole}, {4, 4}),
              ElementsAre(AllOf(HasSubstr("2 ranks x 4 threads on 4 of 4 cores"),
                                HasSubstr("compute.threads=2"))));
  EXPECT_THAT(launch_warnings({5, whole}, {1, 1, 1, 1, 1}),
              ElementsAre(HasSubstr("mpirun --map-by ppr:4:node")));
  // Two ranks on one core of many: it is the binding.
  EXPECT_THAT(launch_warnings({2, place("a", 3, 1, 64)}, {1, 1}),
              ElementsAre(HasSubstr("mpirun --bind-to none")));
}

TEST(LaunchCheck, RanksLearnTheirThreads) {
  const auto body = [](comm::Exchange& exchange) {
    EXPECT_EQ(agree_on_threads(exchange, 7), 7);
    const Place mine = this_place();
    EXPECT_EQ(agree_on_threads(exchange, 0), std::max<int>(1, std::ssize(mine.cores) / 3));
    EXPECT_EQ(place_of(to_text(mine)).cores, mine.cores);
  };
  const comm::ExchangeOptions options;
  on_ranks(3, body, options);
}

}  // namespace
}  // namespace laconic::test
