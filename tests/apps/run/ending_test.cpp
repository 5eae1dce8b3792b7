// A run ends with its answer, its folder and the next command.
#include "apps/laconic/run/ending.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "apps/laconic/run/course.hpp"
#include "tests/apps/run/results.hpp"

namespace laconic::test {
namespace {

TEST(Ending, NamesBothScoresTheFolderAndTheNextCommand) {
  EXPECT_EQ(ending(old_result(), "runs/a", true),
            "val accuracy 75.0 %, test accuracy 71.4 %, at step 36 of 40, the best by "
            "val/accuracy\n"
            "run folder: runs/a\n"
            "next: laconic predict runs/a -o predictions.csv\n");
}

TEST(Ending, OfAMethodWithoutANetworkPredictsNothing) {
  EXPECT_EQ(ending(other_result(0.25), "runs/b", false),
            "error 0.25 m, at step 100000 of 1000000, the best by error\n"
            "run folder: runs/b\n"
            "next: laconic report runs/b -o report.html\n");
  nlohmann::json nothing = {{"monitor", ""}, {"figures", nlohmann::json::array()}};
  EXPECT_EQ(ending(nothing, "c", false), "run folder: c\nnext: laconic report c -o report.html\n");
}

TEST(Course, ContinuesWhereACheckpointStoredIt) {
  Course first;
  first.begin();
  first.add(10, 0.5, 1000, 100);
  first.add(20, std::nan(""), 2000, 200);
  first.add(20, 0.75, 2000, 200);  // the same step again
  Course second;
  second.restore(nlohmann::json::parse(first.json().dump()));
  second.begin();
  second.add(30, 0.75, 3000, 300);
  const nlohmann::json course = nlohmann::json::parse(second.json().dump());
  EXPECT_EQ(course["step"], nlohmann::json({10, 20, 30}));
  EXPECT_EQ(course["score"], nlohmann::json({0.5, nullptr, 0.75}));
  EXPECT_EQ(course["bytes_sent"], nlohmann::json({1000, 2000, 3000}));
  EXPECT_EQ(course["samples"], nlohmann::json({100, 200, 300}));
  EXPECT_GE(course["seconds"][2], course["seconds"][1]);
  EXPECT_GE(course["trained_s"], course["seconds"][2]);
  second.restore(nullptr);  // an older checkpoint
}

}  // namespace
}  // namespace laconic::test
