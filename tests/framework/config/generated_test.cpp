// Properties over generated configurations: what is printed reads back the same; the file, the
// command line and a sweep's row are the same language; no mutation of a valid text does anything
// but resolve or explain.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <set>

#include "config_edits.hpp"
#include "config_generator.hpp"
#include "framework/config/reader.hpp"
#include "key_mistakes.hpp"
#include "sample_options.hpp"
#include "variant_options.hpp"

namespace laconic::config {
namespace {

constexpr uint64_t cases = 300;

ConfigGenerator generate(uint64_t seed) {
  SampleOptions options;
  Fields fields;
  options.describe(fields);
  return ConfigGenerator(fields, seed);  // its settings are texts; their fields are not looked at
}

TEST(Generated, ParsePrintParseIsTheIdentity) {
  std::set<std::string> different;
  for (uint64_t seed = 0; seed < cases; ++seed) {
    const std::string yaml = generate(seed).yaml();
    SCOPED_TRACE(yaml);
    const auto first = resolve_sample(yaml);
    SampleOptions options;
    const auto second = resolve(options, first.to_yaml(), "runs/x/config.yaml");
    ASSERT_EQ(content(second), content(first));
    different.insert(content(first));
  }
  EXPECT_GT(different.size(), cases * 9 / 10) << "the generator repeats itself";
}

TEST(Generated, VariantsToo) {
  static VariantOptions defaults;
  Fields fields;
  defaults.describe(fields);
  std::set<std::string> different, mistaken;
  for (uint64_t seed = 0; seed < cases; ++seed) {
    ConfigGenerator generator(fields, seed);
    std::vector<std::string> overrides;
    for (const auto& setting : generator.settings())
      if (!setting.path.empty()) overrides.push_back(setting.path + "=" + setting.text);
    const std::string yaml = generator.yaml();
    SCOPED_TRACE(yaml);
    const auto first = resolve_drawing(yaml).resolved;
    ASSERT_EQ(content(resolve_drawing(first.to_yaml()).resolved), content(first));
    std::ranges::reverse(overrides);
    ASSERT_EQ(content(resolve_drawing("", overrides).resolved), content(first));
    different.insert(content(first));
    for (const auto& mistake : key_mistakes(generator, seed)) {
      EXPECT_THROW(resolve_drawing(mistake.text), ConfigError) << mistake.text;
      mistaken.insert(mistake.kind);
    }
  }
  EXPECT_GT(different.size(), cases * 9 / 10);
  EXPECT_EQ(mistaken.size(), 4u);
}

TEST(Generated, NegativeControlSixDigitsAreNotTheIdentity) {
  uint64_t caught = 0;
  for (uint64_t seed = 0; seed < cases; ++seed) {
    const auto first = resolve_sample(generate(seed).yaml());
    const std::string lossy = fmt::format("shift: {:g}\n", first.to_json()["shift"].get<double>());
    SampleOptions options;
    try {
      caught += resolve(options, lossy, "t").to_json()["shift"] != first.to_json()["shift"];
    } catch (const ConfigError&) {
      ++caught;  // six digits of the largest numbers overflow
    }
  }
  EXPECT_GT(caught, cases / 2);
}

TEST(Generated, FileOverridesAndSweepRowsAreTheSameLanguage) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    auto generator = generate(seed);
    std::vector<std::string> overrides;
    SweepRow row;
    for (const auto& setting : generator.settings()) {
      if (setting.path.empty()) continue;
      overrides.push_back(fmt::format("{}={}", setting.path, setting.text));
      row[setting.path] = setting.text;
    }
    const std::string yaml = generator.yaml();
    SCOPED_TRACE(yaml);
    const std::string expected = content(resolve_sample(yaml));
    ASSERT_EQ(content(resolve_sample("", overrides)), expected);
    ASSERT_EQ(content(resolve_sample("", {}, row)), expected);
  }
}

Lines valid_lines(uint64_t seed) {
  return lines_of(generate(seed));
}

// Line and column of the byte `at`, which starts a character.
Position position_of(const std::string& text, size_t at) {
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  int col = 1;
  for (size_t i = start + 1; i < at; ++i)
    col += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
  return {static_cast<int>(line) + 1, col};
}

void expect_first_problem(const std::string& text, Position at) {
  SCOPED_TRACE(text);
  const auto problems = problems_of(text);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(std::pair(problems[0].line, problems[0].col), std::pair(at.line, at.col))
      << problems[0].text();
}

void expect_resolved_or_explained(const std::string& text, uint64_t& refused) {
  const auto resolved = resolved_or_explained(
      text, "test.yaml", [](const std::string& yaml) { return resolve_sample(yaml); });
  refused += !resolved;
}

TEST(Mutated, CrlfAndAByteOrderMarkChangeNothing) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    const Lines valid = valid_lines(seed);
    const auto expected = content(resolve_sample(valid.joined()));
    EXPECT_EQ(content(resolve_sample(valid.joined("\r\n"))), expected);
    EXPECT_EQ(content(resolve_sample(fmt::format("\xEF\xBB\xBF{}", valid.joined()))), expected);
  }
}

TEST(Mutated, ADuplicateLineIsRefusedWhereItStands) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    Lines text = valid_lines(seed);
    Draw draw(seed);
    const size_t i = draw.below(text.lines.size());
    // After the group that line i may open, at the same depth.
    size_t end = i + 1;
    while (end < text.lines.size() && text.indent(end) > text.indent(i)) ++end;
    const auto at = static_cast<std::ptrdiff_t>(end);
    text.lines.insert(text.lines.begin() + at, std::string(text.lines[i]));
    expect_first_problem(text.joined(),
                         {static_cast<int>(end) + 1, static_cast<int>(text.indent(i)) + 1});
  }
}

TEST(Mutated, AnUnknownKeyIsRefusedWhereItStands) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    Lines text = valid_lines(seed);
    Draw draw(seed);
    const size_t i = draw.below(text.lines.size());
    const size_t indent = text.indent(i);
    text.lines.insert(text.lines.begin() + static_cast<std::ptrdiff_t>(i),
                      fmt::format("{:{}}zzzzzzzz: 1", "", indent));
    expect_first_problem(text.joined(), {static_cast<int>(i) + 1, static_cast<int>(indent) + 1});
  }
}

TEST(Mutated, ATabInTheIndentationIsRefusedWhereItStands) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    Lines text = valid_lines(seed);
    Draw draw(seed);
    const size_t i = draw.below(text.lines.size());
    text.lines[i].insert(0, 1, '\t');
    expect_first_problem(text.joined(), {static_cast<int>(i) + 1, 1});
  }
}

TEST(Mutated, ANulOrAForeignByteIsRefusedWhereItStands) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    Draw draw(seed);
    std::string text = valid_lines(seed).joined();
    const size_t at = character_start(text, draw);
    const Position position = position_of(text, at);
    text.insert(at, 1, draw.coin() ? '\0' : '\xFF');
    expect_first_problem(text, position);
  }
}

TEST(Mutated, AValueOfNoTypeIsRefused) {
  for (uint64_t seed = 0; seed < cases; ++seed) {
    Lines text = valid_lines(seed);
    Draw draw(seed);
    auto& line = text.lines[draw.below(text.lines.size())];
    line =
        line.substr(0, line.find(':')) + draw.of<std::string>({": [[1]]", ": !!int 3", ": *none"});
    // A group that is no longer one leaves its members without a place: any position will do.
    EXPECT_FALSE(problems_of(text.joined()).empty()) << text.joined();
  }
}

TEST(Mutated, AnythingElseResolvesOrExplainsItself) {
  uint64_t refused = 0;
  for (uint64_t seed = 0; seed < 4 * cases; ++seed) {
    for (const std::string& text : careless_edits(valid_lines(seed), seed))
      expect_resolved_or_explained(text, refused);
  }
  EXPECT_GT(refused, 4 * cases) << "the mutations are too tame to show anything";
}

}  // namespace
}  // namespace laconic::config
