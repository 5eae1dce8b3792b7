// The figures of several ranks side by side, and the table that people see of them.
#include "apps/laconic/train/rank_figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/laconic/train/run_table.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Seconds of a rank: data, forward, backward, exchange, exposed, update, evaluate, checkpoint.
json rank(double forward, double exposed, int64_t reduced) {
  return {{"bytes_sent", 2 * reduced},
          {"bytes_received", 2 * reduced},
          {"messages", 4},
          {"rounds", 2},
          {"dense_equivalent_bytes", 100},
          {"sent_by_phase", {{"reduce", reduced}, {"gather", reduced}}},
          {"phases", {0.5, forward, 2.0, 4.0, exposed, 1.0, 0.0, 0.2}},
          {"peak_host", 1000}};
}

const json three = {rank(1, 2, 10), rank(4, 0.5, 30), rank(1, 2, 20)};
const json one = json::array({rank(1, 2, 10)});

TEST(RankFigures, AreComparedPhaseByPhase) {
  const json over = time_over_ranks(three);
  EXPECT_EQ(over.size(), phase_names.size());
  EXPECT_EQ(over.at("forward"), (json{{"min", 1.0}, {"mean", 2.0}, {"max", 4.0}, {"max_rank", 1}}));
  EXPECT_EQ(time_section(three, 10).at("exchange_exposed"), 2.0);
}

TEST(RankFigures, TheStragglerIsWhoWorksLongestNotWhoWaitsLongest) {
  const json found = straggler(three);
  EXPECT_EQ(found.at("rank"), 1);
  EXPECT_DOUBLE_EQ(found.at("excess_s"), 2.0);
  EXPECT_DOUBLE_EQ(found.at("excess"), 2.0 / 5.5);
  EXPECT_TRUE(straggler(one).is_null());
}

TEST(RankFigures, SharesAreFractions) {
  const json shares = time_shares(three, 10);
  EXPECT_DOUBLE_EQ(shares.at("exchange_exposed"), 0.15);
  EXPECT_DOUBLE_EQ(shares.at("exchange_hidden"), 1 - 1.5 / 4);
  EXPECT_DOUBLE_EQ(shares.at("checkpoint"), 0.02);
  EXPECT_FALSE(time_shares(one, 10).contains("exchange_hidden"));
  EXPECT_TRUE(time_shares(three, 0).empty());
}

TEST(RankFigures, BytesAreToldByWhatTheyWereSentFor) {
  const json comm = comm_section(three);
  EXPECT_EQ(comm.at("bytes_sent"), (json{{"max", 60.0}, {"mean", 40.0}}));
  EXPECT_EQ(comm.at("sent_by_phase").at("reduce"), (json{{"max", 30.0}, {"mean", 20.0}}));
}

json result_of(const json& ranks) {
  return {{"ranks", ranks.size()},
          {"time_s", time_section(ranks, 10)},
          {"time_over_ranks_s", time_over_ranks(ranks)},
          {"shares", time_shares(ranks, 10)}};
}

TEST(RunTable, ShowsSpreadStragglerAndShares) {
  json result = result_of(three);
  result["straggler"] = straggler(three);
  const std::string table = run_table(result);
  EXPECT_THAT(table,
              HasSubstr("forward               2.000    1.000    4.000       1    20.0 %\n"));
  EXPECT_THAT(table, HasSubstr("straggler: rank 1, whose own work takes 2.00 s (36.4 %) more"));
  EXPECT_THAT(table, HasSubstr("15.0 % of the time waited for it, 62.5 % of it was hidden"));
}

TEST(RunTable, OfOneRankHasNoSpread) {
  EXPECT_THAT(run_table(result_of(one)),
              AllOf(HasSubstr("forward               1.000    10.0 %\n"),
                    Not(HasSubstr("straggler")), HasSubstr("checkpoints: 2.0 %")));
  EXPECT_EQ(run_table({{"ranks", 1}}), "");
}

}  // namespace
}  // namespace laconic
