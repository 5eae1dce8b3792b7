#include <gmock/gmock.h>

#include "variant_options.hpp"

namespace laconic::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string error_of(const std::string& yaml, const std::vector<std::string>& overrides = {},
                     const SweepRow& row = {}) {
  try {
    resolve_drawing(yaml, overrides, row);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(Variant, FillsTheOptionsOfTheSelectedEntry) {
  const auto [options, resolved] = resolve_drawing(R"(
drawing:
  size: 4
  kind: round
  radius: 2.5
)");
  EXPECT_EQ(options.drawing.shape.name(), "round");
  EXPECT_EQ(options.drawing.shape.entry().sides, 1);
  EXPECT_EQ(options.drawing.shape.as<RoundOptions>().radius, 2.5);
  EXPECT_EQ(options.drawing.shape.as<RoundOptions>().size, 4);
  EXPECT_THROW(options.drawing.shape.as<FlatOptions>(), Error);
  EXPECT_THAT(resolved.notices(), IsEmpty());
}

TEST(Variant, AnEntryMayHaveNoKeys) {
  const auto [options, resolved] = resolve_drawing("drawing: {kind: point}\n");
  EXPECT_EQ(options.drawing.shape.options(), nullptr);
  EXPECT_EQ(resolved.value("drawing.kind"), "point");
}

TEST(Variant, TheSelectedEntrysDefaultAndRangeCount) {
  EXPECT_EQ(resolve_drawing("").resolved.value("drawing.size"), 30);
  EXPECT_EQ(resolve_drawing("drawing: {kind: round}\n").resolved.value("drawing.size"), 3);
  EXPECT_EQ(error_of("drawing: {kind: round, size: 30}\n"),
            "t.yaml:1:30: drawing.size: value 30 is out of range; allowed: a whole number >= 1 and "
            "<= 9");
  EXPECT_EQ(error_of("drawing: {kind: hexagon, size: 3}\n"),
            "t.yaml:1:32: drawing.size: value 3 is out of range; allowed: a whole number >= 10 and "
            "<= 90");
}

TEST(Variant, ALaterSourceSelectsBeforeTheFileIsValidated) {
  const std::string yaml = "drawing:\n  size: 3\n  kind: square\n";
  EXPECT_THAT(error_of(yaml), HasSubstr("2:9: drawing.size: value 3 is out of range"));
  for (const auto& [options, resolved] :
       {resolve_drawing(yaml, {"drawing.kind=round"}),
        resolve_drawing(yaml, {}, {{"drawing.kind", "round"}}),
        resolve_drawing(yaml, {"drawing.kind=round"}, {{"drawing.kind", "hexagon"}})})
    EXPECT_EQ(options.drawing.shape.as<RoundOptions>().size, 3);
}

TEST(Variant, AGroupCanBeWrittenAsTheNameOfTheEntry) {
  for (const auto& [options, resolved] :
       {resolve_drawing("drawing: round\n"), resolve_drawing("", {"drawing=round"}),
        resolve_drawing("", {}, {{"drawing", "round"}}),
        resolve_drawing("drawing: square\n", {"drawing=round", "drawing.radius=1"})}) {
    EXPECT_EQ(options.drawing.shape.name(), "round");
    EXPECT_EQ(resolved.value("drawing.kind"), "round");
  }
  EXPECT_EQ(resolve_drawing("drawing: round\n").resolved.origin("drawing.kind").where,
            "t.yaml:1:1");
  EXPECT_EQ(error_of("drawing: rond\n"),
            "t.yaml:1:10: drawing.kind: value rond; allowed: one of round, square, hexagon, frame, "
            "point; did you mean round?");
  EXPECT_THAT(error_of("paper: thick\n"), HasSubstr("is a group of keys, not a value"));
  EXPECT_THAT(error_of("drawing: [round]\n"), HasSubstr("is a group of keys, not a value"));
}

TEST(Variant, AKeyOfOtherEntriesIsValidatedAndGivesOneNotice) {
  EXPECT_THAT(
      resolve_drawing("drawing: {kind: point, size: 3, corner: round}\n").resolved.notices(),
      ElementsAre("t.yaml:1:24: drawing.size is set but not used (only with kind: round, "
                  "or kind: square | hexagon, or kind: frame and inside: round)",
                  "t.yaml:1:33: drawing.corner is set but not used (only with kind: square "
                  "| hexagon)"));
  EXPECT_THAT(error_of("drawing: {kind: point, size: 30}\n"), HasSubstr("<= 9"));
  EXPECT_THAT(resolve_drawing("drawing: {kind: round, mesh: {cells: 3}}\n").resolved.notices(),
              ElementsAre("t.yaml:1:31: drawing.mesh.cells is set but not used (only with kind: "
                          "square)"));
}

TEST(Variant, EntriesMayHaveVariantsOfTheirOwn) {
  const auto [options, resolved] =
      resolve_drawing("drawing: {kind: frame, inside: round, size: 5}\n", {"drawing.title=a"});
  const auto& frame = options.drawing.shape.as<FrameOptions>();
  EXPECT_EQ(frame.title, "a");
  EXPECT_EQ(frame.inside.as<RoundOptions>().size, 5);
  EXPECT_THAT(resolved.notices(), IsEmpty());
  EXPECT_THAT(
      resolve_drawing("drawing: {kind: square, inside: round, radius: 1}\n").resolved.notices(),
      ElementsAre("t.yaml:1:40: drawing.radius is set but not used (only with kind: round, or "
                  "kind: frame and inside: round)",
                  "t.yaml:1:25: drawing.inside is set but not used (only with kind: frame)"));
}

TEST(Variant, AMistakeInTheSelectionIsReportedOnce) {
  EXPECT_EQ(error_of("drawing: {kind: circle}\n"),
            "t.yaml:1:17: drawing.kind: value circle; allowed: one of round, square, hexagon, "
            "frame, point");
  EXPECT_EQ(error_of("drawing: {kind: [round]}\n"),
            "t.yaml:1:17: drawing.kind: a list; allowed: one of round, square, hexagon, frame, "
            "point");
}

TEST(Variant, UnknownKeysAreAdvisedFromAllEntries) {
  EXPECT_EQ(error_of("drawing: {radios: 1}\n"),
            "t.yaml:1:11: drawing.radios: unknown key; did you mean drawing.radius?");
  EXPECT_EQ(error_of("drawing: {zzz: 1}\n"),
            "t.yaml:1:11: drawing.zzz: unknown key; allowed: kind, radius, size, corner, mesh, "
            "title, inside, colour");
}

TEST(Variant, ACopyHasOptionsOfItsOwn) {
  Variant<Shape> first("frame", shapes);
  first.as<FrameOptions>().inside.select("round");
  first.as<FrameOptions>().inside.as<RoundOptions>().radius = 7;
  Variant<Shape> second = first;
  second.as<FrameOptions>().inside.as<RoundOptions>().radius = 8;
  EXPECT_EQ(first.as<FrameOptions>().inside.as<RoundOptions>().radius, 7);
  EXPECT_EQ(second.name(), "frame");
  first = second;
  EXPECT_EQ(first.as<FrameOptions>().inside.as<RoundOptions>().radius, 8);
  EXPECT_THROW(first.select("oval"), Error);
}

TEST(Variant, PrintsWhatIsUsedAndReadsItBack) {
  const auto resolved =
      resolve_drawing("drawing: {kind: frame, inside: round, corner: round}\n").resolved;
  const std::string yaml = resolved.to_yaml();
  EXPECT_EQ(yaml, R"(drawing:
  kind: frame  # t.yaml:1:11
  radius: 1  # default
  size: 3  # default
  corner: round  # t.yaml:1:39
  title: framed  # default
  inside: round  # t.yaml:1:24
  colour: red  # default
paper:
  width: 210  # default
  tray: ""  # default
log: ""  # default
copies: 1  # default
)");
  EXPECT_EQ(resolve_drawing(yaml).resolved.to_json(), resolved.to_json());
  EXPECT_EQ(resolve_drawing(yaml).resolved.hash(), resolved.hash());
}

TEST(Choice, FillsAnEnum) {
  const auto [options, resolved] = resolve_drawing("drawing: {corner: round}\n");
  EXPECT_EQ(options.drawing.shape.as<FlatOptions>().corner, Corner::round_);
  EXPECT_EQ(resolved.value("drawing.corner"), "round");
  EXPECT_EQ(error_of("drawing: {corner: blunt}\n"),
            "t.yaml:1:19: drawing.corner: value blunt; allowed: one of sharp, round");
  Fields fields;
  Corner corner = Corner::round_;
  EXPECT_THROW(fields.choice("corner", corner, {{"sharp", Corner::sharp}}, ""), Error)
      << "the default has no name";
}

TEST(Group, MayBeDescribedBySeveralStructs) {
  const auto [options, resolved] = resolve_drawing("paper: {ink: 0.25, width: 100}\n");
  EXPECT_EQ(options.ink.ink, 0.25);
  EXPECT_EQ(options.size.width, 100);
  EXPECT_EQ(error_of("paper: {colour: 1}\n"),
            "t.yaml:1:9: paper.colour: unknown key; did you mean drawing.colour?");
  Fields fields;
  PaperInk ink;
  fields.group("paper", ink, "");
  EXPECT_THROW(fields.group("paper", ink, ""), Error) << "one key twice";
}

TEST(Group, AConditionBelongsToTheMembersThatWereAddedWithIt) {
  EXPECT_THAT(
      resolve_drawing("drawing: point\npaper: {ink: 0.25, width: 100}\n").resolved.notices(),
      ElementsAre("t.yaml:2:9: paper.ink is set but not used (only with drawing.kind: round | "
                  "square)"));
}

std::vector<std::string> refused(const std::string& yaml) {
  VariantOptions options;
  Fields fields;
  options.describe(fields);
  const Resolved resolved = resolve(fields, yaml, "t.yaml", {});
  std::vector<Problem> problems;
  const Checks checks(resolved, problems);
  check(fields, checks);
  EXPECT_EQ(checks.has_problems(), !problems.empty());
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(problem.text());
  return texts;
}

TEST(Checks, AreThoseOfGroupsAndOfTheSelectedEntry) {
  EXPECT_THAT(refused(""), IsEmpty());
  EXPECT_THAT(refused("drawing: {kind: round, radius: 4, colour: \"\"}\npaper: {ink: 0}\n"),
              ElementsAre("t.yaml:1:35: drawing.colour: must not be empty",
                          "t.yaml:1:24: drawing.radius: more than drawing.size",
                          "t.yaml:2:9: paper.ink: nothing is printed"));
}

TEST(Checks, LeaveOutWhatIsNotUsed) {
  EXPECT_THAT(refused("drawing: {kind: point, radius: 4}\npaper: {ink: 0}\n"), IsEmpty());
  EXPECT_THAT(refused("drawing: {kind: frame, radius: 4}\n"), IsEmpty());
  EXPECT_THAT(refused("drawing: {kind: frame, inside: round, radius: 4}\n"),
              ElementsAre("t.yaml:1:39: drawing.radius: more than drawing.size"));
}

TEST(Numeric, IsWhatTheDeclarationSays) {
  const auto json = resolve_drawing("paper: {tray: left}\n").resolved.numeric_json();
  EXPECT_FALSE(json.contains("log"));
  EXPECT_FALSE(json["paper"].contains("tray"));
  EXPECT_EQ(json["paper"]["width"], 210);
}

std::vector<std::string> changes(const std::string& yaml, nlohmann::json then) {
  return differences(resolve_drawing(yaml).resolved, then);
}

TEST(Differences, AreThoseOfUsedNumericKeys) {
  const auto then = resolve_drawing("drawing: {size: 40}\npaper: {tray: x}\n").resolved;
  const std::string same = "drawing: {size: 40, radius: 9}\npaper: {tray: y}\n";
  EXPECT_THAT(changes(same, then.numeric_json()), IsEmpty());
  EXPECT_THAT(changes("drawing: {size: 41}\npaper: {ink: 0.25}\n", then.numeric_json()),
              ElementsAre("drawing.size: 40 in the checkpoint, 41 now",
                          "paper.ink: 0.5 in the checkpoint, 0.25 now"));
}

TEST(Differences, AKeyThatTheCheckpointLacksCountsAsItsDefault) {
  EXPECT_THAT(changes("", {{"drawing", {{"kind", "square"}}}}), IsEmpty());
  EXPECT_THAT(changes("drawing: round\n", {{"drawing", {{"kind", "round"}}}}), IsEmpty())
      << "the default of the selected entry";
  EXPECT_THAT(changes("copies: 2\n", nlohmann::json::object()),
              ElementsAre("copies: 1 in the checkpoint, 2 now"));
}

TEST(Differences, ANameInPlaceOfAGroupCountsAsItsEntry) {
  EXPECT_THAT(changes("drawing: point\n", {{"drawing", "point"}}), IsEmpty());
  EXPECT_THAT(changes("drawing: round\n", {{"drawing", "point"}}),
              ElementsAre("drawing.kind: point in the checkpoint, round now"));
}

TEST(Differences, DamagedAttributesAreDifferencesToo) {
  EXPECT_THAT(changes("", {{"copies", nullptr}, {"drawing", {{"size", {{"a", 1}}}}}}),
              ElementsAre("drawing.size: {\"a\":1} in the checkpoint, 30 now",
                          "copies: null in the checkpoint, 1 now"));
  EXPECT_THAT(changes("", "nothing"), IsEmpty());
}

}  // namespace
}  // namespace laconic::config
