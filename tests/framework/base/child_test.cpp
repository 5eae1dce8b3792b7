// Programs started as children get their own words and variables, and ours where none are given.
#include "framework/base/child.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace laconic {
namespace {

// What `child` writes to its standard output.
std::string output_of(const Child& child, const std::string& in = "") {
  const auto finished = finish(child, in);
  EXPECT_TRUE(finished.has_value());
  EXPECT_EQ(finished->code, 0) << finished->err;
  return finished->out;
}

TEST(Child, HasTheVariablesGivenAndNoOthers) {
  std::vector<std::string> variables;
  std::string expected;
  for (int i = 0; i < 20; ++i) {  // long enough to live on the heap
    variables.push_back(
        fmt::format("LACONIC_VARIABLE_OF_A_CHILD_{:02}={}", i, std::string(40, 'v')));
    expected += variables.back() + "\n";
  }
  EXPECT_EQ(output_of({.command = {"env"}, .environment = variables}), expected);
  EXPECT_EQ(output_of({.command = {"env"}, .environment = std::vector<std::string>{}}), "");
}

TEST(Child, HasOurVariablesWhereNoneAreGiven) {
  ::setenv("LACONIC_VARIABLE_OF_OURS", "inherited", 1);
  EXPECT_EQ(output_of({.command = {"printenv", "LACONIC_VARIABLE_OF_OURS"}}), "inherited\n");
  ::unsetenv("LACONIC_VARIABLE_OF_OURS");
}

TEST(Child, ThatDoesNotExistIsNothing) {
  EXPECT_FALSE(start({.command = {"no-such-program-of-laconic"}}));
  EXPECT_FALSE(finish({.command = {"no-such-program-of-laconic"}}));
}

// More than a pipe holds, in both directions.
TEST(Child, ReadsAndWritesAsMuchAsItLikes) {
  const std::string text(1 << 20, 'x');
  EXPECT_EQ(output_of({.command = {"cat"}}, text), text);
  const auto failed = finish({.command = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  EXPECT_EQ(failed->code, 3);
  EXPECT_EQ(failed->out, "out\n");
  EXPECT_EQ(failed->err, "err\n");
}

TEST(Child, TellsItsExitCodeOrTheSignalThatEndedIt) {
  EXPECT_EQ(wait_for(*start({.command = {"sh", "-c", "exit 7"}})), 7);
  EXPECT_EQ(wait_for(*start({.command = {"sh", "-c", "kill -9 $$"}})), 128 + 9);
}

}  // namespace
}  // namespace laconic
