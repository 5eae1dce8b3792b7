// The figures of several ranks side by side, and the table that people see of them.
#include "apps/laconic/run/rank_figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/laconic/run/run_table.hpp"
#include "tests/apps/run/results.hpp"

namespace laconic {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// As checkpoints of version 1 hold them. Seconds: data, forward, backward, exchange, exposed,
// update, evaluate, checkpoint.
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
const std::vector<RunPhase> of_network = phases_of({});

// A method that names its phases. It sums no gradients.
json other_rank(double iterate, double agree) {
  return {{"bytes_sent", 8},
          {"rounds", 1},
          {"phases", {{"iterate", iterate}, {"agree", agree}, {"exchange", 2.0}}},
          {"peak_host", 1000}};
}
const json two_others = {other_rank(5, 0.5), other_rank(3, 1.5)};

TEST(RankFigures, AreComparedPhaseByPhase) {
  const json over = time_over_ranks(three);
  EXPECT_EQ(over.size(), 8u);
  EXPECT_EQ(over.at("forward"), (json{{"min", 1.0}, {"mean", 2.0}, {"max", 4.0}, {"max_rank", 1}}));
  EXPECT_EQ(time_section(three, 10).at("exchange_exposed"), 2.0);
}

TEST(RankFigures, TheStragglerIsWhoWorksLongestNotWhoWaitsLongest) {
  const json found = straggler(three, of_network);
  EXPECT_EQ(found.at("rank"), 1);
  EXPECT_DOUBLE_EQ(found.at("excess_s"), 2.0);
  EXPECT_DOUBLE_EQ(found.at("excess"), 2.0 / 5.5);
  EXPECT_TRUE(straggler(one, of_network).is_null());
}

TEST(RankFigures, SharesAreFractions) {
  const json shares = time_shares(three, of_network, 10);
  EXPECT_DOUBLE_EQ(shares.at("exchange_exposed"), 0.15);
  EXPECT_DOUBLE_EQ(shares.at("exchange_hidden"), 1 - 1.5 / 4);
  EXPECT_DOUBLE_EQ(shares.at("checkpoint"), 0.02);
  EXPECT_FALSE(time_shares(one, of_network, 10).contains("exchange_hidden"));
  EXPECT_TRUE(time_shares(three, of_network, 0).empty());
}

TEST(RankFigures, BytesAreToldByWhatTheyWereSentFor) {
  const json comm = comm_section(three);
  EXPECT_EQ(comm.at("bytes_sent"), (json{{"max", 60.0}, {"mean", 40.0}}));
  EXPECT_EQ(comm.at("sent_by_phase").at("reduce"), (json{{"max", 30.0}, {"mean", 20.0}}));
}

TEST(RankFigures, GoByTheKindsOfPhasesThatAMethodNames) {
  const std::vector<RunPhase> phases = phases_of(test::other_result());
  EXPECT_EQ(straggler(two_others, phases),
            (json{{"rank", 0}, {"excess_s", 1.0}, {"excess", 0.25}}));
  EXPECT_EQ(time_shares(two_others, phases, 10),
            (json{{"exchange_exposed", 0.1}, {"exchange_hidden", 0.5}}));
  EXPECT_EQ(time_over_ranks(two_others).at("agree").at("max_rank"), 1);
  EXPECT_EQ(time_section(two_others, 10),
            (json{{"total", 10.0}, {"iterate", 5.0}, {"agree", 0.5}, {"exchange", 2.0}}));
  EXPECT_FALSE(comm_section(two_others).contains("dense_equivalent_bytes"));
  // Without kinds nothing is work.
  EXPECT_TRUE(straggler(two_others, of_network).is_null());
}

TEST(RankFigures, APhaseThatARankDoesNotHaveTakesItNoTime) {
  json ranks = two_others;
  ranks[1]["phases"].erase("iterate");
  EXPECT_EQ(time_over_ranks(ranks).at("iterate").at("min"), 0.0);
}

TEST(Phases, ComeInTheOrderOfTablesWhateverTheOrderInTheFile) {
  std::vector<std::string> names;
  for (const RunPhase& phase : phases_of(test::other_result())) names.push_back(phase.name);
  EXPECT_THAT(names, testing::ElementsAre("exchange", "evaluate", "iterate", "agree"));
  EXPECT_EQ(of_network.size(), 8u);
  EXPECT_EQ(phases_of(json::parse(R"({"phases": {"a": 3}})"))[0].kind, "other");
}

TEST(Phases, SecondsAreReadFromBothVersions) {
  EXPECT_EQ(seconds_by_phase(three[1].at("phases")).at("forward"), 4.0);
  EXPECT_EQ(seconds_by_phase(two_others[1].at("phases")).at("agree"), 1.5);
}

json result_of(const json& ranks) {
  return {{"ranks", ranks.size()},
          {"time_s", time_section(ranks, 10)},
          {"time_over_ranks_s", time_over_ranks(ranks)},
          {"shares", time_shares(ranks, of_network, 10)}};
}

TEST(RunTable, ShowsSpreadStragglerAndShares) {
  json result = result_of(three);
  result["straggler"] = straggler(three, of_network);
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

TEST(RunTable, ShowsThePhasesThatTheRunNames) {
  const std::string table = run_table(test::other_result());
  EXPECT_THAT(table,
              HasSubstr("iterate               3.000    3.000    3.000       0    75.0 %\n"));
  EXPECT_THAT(table, AllOf(Not(HasSubstr("forward")), Not(HasSubstr("straggler"))));
}

TEST(RunTable, OfAnOlderResultHasItsPhasesInTheirOrder) {
  const std::string table = run_table(test::old_result());
  EXPECT_LT(table.find("forward"), table.find("backward"));
  EXPECT_LT(table.find("exchange_exposed"), table.find("total"));
}

TEST(RunTable, SurvivesWhateverTheFileHolds) {
  for (const char* text : {"null", "{}", R"({"time_s": {"total": "x"}})",
                           R"({"time_s": {"total": 1}, "time_over_ranks_s": {"forward": 3}})"})
    EXPECT_EQ(run_table(json::parse(text)), "") << text;
  EXPECT_THAT(run_table(json::parse(R"({"time_s": {"total": 1}, "ranks": "many",
                                        "time_over_ranks_s": {"forward": {"mean": 1}}})")),
              HasSubstr("forward"));
}

}  // namespace
}  // namespace laconic
