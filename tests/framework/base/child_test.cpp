// Programs started as children get their own words and variables, and ours where none are given.
#include "framework/base/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/framework/base/temporary_folder.hpp"

namespace laconic {
namespace {

// What `child` writes to its standard output.
std::string output_of(Child child) {
  TemporaryFolder folder;
  const std::string path = folder / "output";
  child.out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const auto id = start(child);
  ::close(child.out);
  EXPECT_TRUE(id.has_value());
  if (!id) return "";
  EXPECT_EQ(wait_for(*id), 0);
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
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
}

TEST(Child, TellsItsExitCodeOrTheSignalThatEndedIt) {
  EXPECT_EQ(wait_for(*start({.command = {"sh", "-c", "exit 7"}})), 7);
  EXPECT_EQ(wait_for(*start({.command = {"sh", "-c", "kill -9 $$"}})), 128 + 9);
}

}  // namespace
}  // namespace laconic
