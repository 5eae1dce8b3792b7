// Hostile files, kept as data: each gives the problem that expected.txt names, or is named legal
// there.
#include <gmock/gmock.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "framework/config/reader.hpp"
#include "sample_options.hpp"
#include "tests/places.hpp"

namespace laconic::config {
namespace {

using ::testing::HasSubstr;

std::filesystem::path corpus() {
  return tests_folder() / "corpus/yaml";
}

std::map<std::string, std::string> expectations() {
  std::map<std::string, std::string> expected;
  std::ifstream file(corpus() / "expected.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const size_t blank = line.find(' ');
    expected[line.substr(0, blank)] = line.substr(blank + 1);
  }
  return expected;
}

// Processor time, so that a busy machine fails no test. If it grew with the square of the text, it
// would be minutes. Sanitizers cost about ten times.
class Stopwatch {
 public:
  double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }

 private:
  std::clock_t start_ = std::clock();
};
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double allowed_seconds = 30;  // without optimisation
#else
constexpr double allowed_seconds = 3;
#endif

TEST(Corpus, EveryFileHasAnExpectationAndTheOtherWayRound) {
  std::set<std::string> files, named;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path().stem());
  }
  for (const auto& [name, expected] : expectations()) named.insert(name);
  EXPECT_EQ(files, named);
  EXPECT_GE(files.size(), 50u);
}

TEST(Corpus, EveryFileGivesItsProblemAtItsPositionOrIsLegal) {
  for (const auto& [name, expected] : expectations()) {
    SCOPED_TRACE(name);
    const Stopwatch watch;
    const auto problems = problems_of(load_text(corpus() / (name + ".yaml")));
    EXPECT_LT(watch.seconds(), allowed_seconds);
    if (problems.empty() || expected == "legal") {
      EXPECT_EQ(problems.empty() ? "legal" : problems[0].text(), expected);
      continue;
    }
    const size_t blank = expected.find(' ');
    EXPECT_EQ(fmt::format("{}:{}", problems[0].line, problems[0].col), expected.substr(0, blank));
    EXPECT_THAT(problems[0].text(),
                HasSubstr(expected.substr(std::min(blank, expected.size() - 1) + 1)));
  }
}

std::string repeated(std::string_view text, int64_t times) {
  std::string all;
  for (int64_t i = 0; i < times; ++i) all += text;
  return all;
}

// Texts of about a megabyte, built to make a parser recurse, expand or go quadratic.
TEST(Corpus, HugeTextsAreRefusedWithAPositionWithinSeconds) {
  std::string many_keys, many_duplicates = "name: a\n", growing;
  for (int i = 0; i < 80000; ++i) many_keys += fmt::format("key{}: 1\n", i);
  for (int i = 0; i < 100000; ++i) many_duplicates += "name: a\n";
  const std::map<std::string, std::string> texts = {
      {"brackets", "name: " + repeated("[", 1'000'000)},
      {"closed brackets", "name: " + repeated("[", 500'000) + repeated("]", 500'000)},
      {"braces", repeated("{", 1'000'000)},
      {"nested maps", repeated("{a: ", 250'000)},
      {"list marks", repeated("- ", 500'000)},
      {"question marks", repeated("? ", 500'000)},
      {"colons", repeated("a: ", 300'000)},
      {"exclamation marks", repeated("!", 1'000'000)},
      {"anchors", repeated("&a ", 300'000)},
      {"bracket and comma", "name: [" + repeated("1,", 500'000)},
      {"too many items", "model: {hidden: [" + repeated("1,", 500'000) + "1]}"},
      {"open quote", "name: \"" + repeated("x\n", 400'000)},
      {"open single quote", "name: '" + repeated("''", 500'000)},
      {"long key", repeated("k", 1'000'000) + ": 1"},
      {"unknown keys", many_keys},
      {"duplicate keys", many_duplicates},
      {"tabs", repeated("\ta\n", 300'000)},
      {"flow keys", "model: {" + repeated("a: 1, ", 150'000) + "}"},
      {"plain keys without values", repeated("a\n", 500'000)},
      {"wrong items", "model: {hidden: [" + repeated("x,", 90'000) + "1]}"},
      {"long number", "seed: " + repeated("9", 1'000'000)},
      {"beyond the limit", "name: " + repeated("x", max_text_bytes)},
  };
  for (const auto& [name, text] : texts) {
    SCOPED_TRACE(name);
    const Stopwatch watch;
    const auto problems = problems_of(text);
    EXPECT_LT(watch.seconds(), allowed_seconds);
    ASSERT_FALSE(problems.empty());
    EXPECT_GE(problems[0].line, 1);
    EXPECT_GE(problems[0].col, 1);
    EXPECT_LT(std::string(ConfigError(problems).what()).size(), 100'000u);
  }
}

}  // namespace
}  // namespace laconic::config
