#include "framework/config/reader.hpp"

#include <gmock/gmock.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>

namespace laconic::config {
namespace {

using ::testing::HasSubstr;

// "line:col: path: message" of the only problem.
std::string refusal(std::string_view text) {
  const auto document = read_yaml(text, "t");
  if (document.problems.size() != 1) return fmt::format("{} problems", document.problems.size());
  return document.problems[0].text().substr(2);
}

NodePtr tree(std::string_view text) {
  auto document = read_yaml(text, "t");
  EXPECT_TRUE(document.problems.empty()) << document.problems[0].text();
  return document.root;
}

TEST(Reader, GivesPositionsFromOneInCharacters) {
  const auto root = tree("# head\nmodel:\n  größe: [é, 2]\n");
  ASSERT_EQ(root->kind, Node::Kind::map);
  EXPECT_EQ(root->keys[0].name, "model");
  EXPECT_EQ(root->keys[0].at.line, 2);
  const Node& model = *root->items[0];
  EXPECT_EQ(model.keys[0].at.col, 3);
  const Node& list = *model.items[0];
  EXPECT_EQ(list.at.col, 10);
  EXPECT_EQ(list.items[1]->at.line, 3);
  EXPECT_EQ(list.items[1]->at.col, 14);
}

TEST(Reader, TellsQuotedFromPlain) {
  const auto root = tree("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\n");
  EXPECT_FALSE(root->items[0]->quoted);
  for (const size_t i : {1u, 2u, 3u}) EXPECT_TRUE(root->items[i]->quoted) << i;
}

TEST(Reader, TakesAByteOrderMarkAndCrlfWithoutShiftingPositions) {
  const auto root = tree(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  EXPECT_EQ(root->keys[0].name, "a");
  EXPECT_EQ(root->keys[0].at.col, 1);
  EXPECT_EQ(root->keys[1].at.line, 2);
  EXPECT_EQ(root->items[1]->text, "2");
}

TEST(Reader, TakesAnEmptyTextForNull) {
  for (const auto text : {"", "\n\n", "# only a comment", "---\n", "   "}) {
    EXPECT_EQ(tree(text)->kind, Node::Kind::null) << text;
  }
}

TEST(Reader, SharesWhatAnAliasNames) {
  const auto root = tree("a: &x [1, 2]\nb: *x\n");
  EXPECT_EQ(root->items[0], root->items[1]);
  EXPECT_EQ(root->nodes, 7);
}

TEST(Reader, RefusesADuplicateKeyWithBothPositions) {
  EXPECT_EQ(refusal("a:\n  b: 1\n  c: 2\n  b: 3\n"),
            "4:3: a.b: the key is given twice; first at t:2:3");
  EXPECT_EQ(refusal("a: 1\n\"a\": 2\n"), "2:1: a: the key is given twice; first at t:1:1");
}

TEST(Reader, RefusesMergeKeysWithAdvice) {
  EXPECT_THAT(refusal("a: &x {b: 1}\nc:\n  <<: *x\n"),
              HasSubstr("3:3: c.<<: merge keys are not read"));
}

TEST(Reader, RefusesASecondDocument) {
  EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"), "2:1: a second document starts here; a file holds one");
  EXPECT_THAT(refusal("  a: 1\nb: 2\n"), HasSubstr("2:1: this line belongs to nothing above"));
}

TEST(Reader, RefusesAnAliasInsideOfWhatItNames) {
  EXPECT_EQ(refusal("a: &x [1, *x]\n"), "1:11: an alias inside of the value that it names");
  EXPECT_EQ(refusal("a: &x\n  b: {c: *x}\n"), "2:10: an alias inside of the value that it names");
}

TEST(Reader, RefusesAliasesThatGrowWithoutExpandingThem) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i <= 18; ++i) {
    text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  }
  EXPECT_THAT(refusal(text), HasSubstr("6:5: more than 100000 values, aliases expanded"));
}

TEST(Reader, RefusesDepthAlsoThroughAliases) {
  std::string deep_map;
  for (int i = 0; i < 70; ++i) deep_map += "{a: ";
  deep_map += "1" + std::string(70, '}');
  EXPECT_EQ(refusal("a: " + std::string(70, '[') + std::string(70, ']')),
            "1:67: nested deeper than 64 levels");
  EXPECT_EQ(refusal(deep_map), "1:257: nested deeper than 64 levels");
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i <= 70; ++i) text += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_THAT(refusal(text), HasSubstr("nested deeper than 64 levels"));
}

TEST(Reader, RefusesTagsAndDirectives) {
  EXPECT_EQ(refusal("a: !!int 3\n"), "1:4: a: tags are not read; delete tag:yaml.org,2002:int");
  EXPECT_EQ(refusal("a: !x [3]\n"), "1:4: a: tags are not read; delete !x");
  EXPECT_EQ(refusal("%YAML 1.2\n---\na: 1\n"),
            "1:1: directives (%...) are not read; delete the line");
}

TEST(Reader, RefusesBytesThatNobodySees) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal("a: x\0y\n"sv), "1:5: control character 0x00");
  EXPECT_EQ(refusal("a: \"\\0\"\n"), "1:4: a: a NUL character (\\0) in a text");
  EXPECT_EQ(refusal("a: 1\nb: \x1B[0m\n"), "2:4: control character 0x1B");
  EXPECT_EQ(refusal("a: 1\rb: 2\n"), "1:5: a carriage return inside of a line; end lines with \\n");
  EXPECT_EQ(refusal("a: é\xFF\n"), "1:5: byte 0xFF is not UTF-8");
  EXPECT_EQ(refusal("\xFF\xFE"
                    "a\0"sv),
            "1:1: the text is UTF-16 or UTF-32; save it as UTF-8");
  for (const auto bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE2\x82"}) {
    EXPECT_THAT(refusal(std::string("a: ") + bad), HasSubstr("is not UTF-8"));
  }
  for (const auto good : {"\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(tree(std::string("a: ") + good)->items[0]->text, good);
  }
}

TEST(Reader, RefusesEveryLineIndentedByATab) {
  const auto document = read_yaml("a:\n\tb: 1\n  \tc: 2\n\t\nd: x\ty\n", "t");
  ASSERT_EQ(document.problems.size(), 2u);
  EXPECT_EQ(document.problems[0].text(), "t:2:1: a tab in the indentation; use spaces");
  EXPECT_EQ(document.problems[1].line, 3);
}

TEST(Reader, RefusesAQuoteOrBracketThatIsNeverClosedWhereItOpens) {
  EXPECT_EQ(refusal("b: 1\na: \"x\n"), "2:1: a quote that opens here or later is never closed");
  EXPECT_EQ(refusal("b: 1\na: 'x\nc: 1"), "2:1: a quote that opens here or later is never closed");
  EXPECT_EQ(refusal("b: 1\na: [1,\n  2\n"), "2:4: the bracket that opens here is never closed");
  EXPECT_EQ(refusal("a: [[1, 2\n"),
            "1:5: a key must be plain text; or is the bracket that opens here never closed?");
  EXPECT_EQ(refusal("a: {b: 1\n"), "1:4: the bracket that opens here is never closed");
}

TEST(Reader, RefusesKeysThatAreNoText) {
  EXPECT_EQ(refusal("? [a]\n: 1\n"),
            "1:3: a key must be plain text; or is the bracket that opens here never closed?");
  EXPECT_EQ(refusal("~: 1\n"), "1:1: a key must be plain text");
  EXPECT_EQ(refusal(": 1\n"), "1:1: a key must be plain text");
}

TEST(Reader, ExplainsColonsThatCannotBe) {
  EXPECT_THAT(refusal("a: b: c\n"), HasSubstr("1:5: a ':' that cannot be here"));
  EXPECT_THAT(refusal("a: 1\n  b: 2\n"), HasSubstr("2:4: a ':' that cannot be here"));
}

TEST(Reader, NegativeControlTheLibraryAloneTakesTheTraps) {
  EXPECT_EQ(YAML::Load("a: 1\na: 2\n")["a"].as<int>(), 1);
  EXPECT_EQ(YAML::Load("a: 010\n")["a"].as<int>(), 8);
  EXPECT_EQ(YAML::Load("a: yes\n")["a"].as<bool>(), true);
  EXPECT_EQ(YAML::Load("a: \"x\n")["a"].as<std::string>(), "x ");
  EXPECT_NO_THROW(YAML::Load("a: 1\n---\nb: 1\n"));
  EXPECT_NO_THROW(YAML::Load("a: &x [*x]\n"));
}

class LoadText : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("laconic_config_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string refusal_of(const std::filesystem::path& file) {
    try {
      load_text(file);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
  std::filesystem::path folder_;
};

TEST_F(LoadText, ReadsAFile) {
  std::ofstream(folder_ / "a.yaml", std::ios::binary) << "a: 1\r\n";
  EXPECT_EQ(load_text(folder_ / "a.yaml"), "a: 1\r\n");
}

TEST_F(LoadText, NamesWhatIsWrongWithAFile) {
  const auto missing = folder_ / "none.yaml";
  EXPECT_EQ(refusal_of(missing), missing.string() + ": no such file");
  EXPECT_EQ(refusal_of(folder_), folder_.string() + ": is a folder, not a YAML file");
  EXPECT_THAT(refusal_of(""), HasSubstr("no such file"));
  EXPECT_THAT(refusal_of("/dev/zero"), HasSubstr("larger than the 1048576 bytes allowed"));
}

TEST_F(LoadText, NamesAFileThatMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
  std::ofstream(folder_ / "a.yaml") << "a: 1\n";
  std::filesystem::permissions(folder_ / "a.yaml", std::filesystem::perms::none);
  EXPECT_THAT(refusal_of(folder_ / "a.yaml"), HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace laconic::config
