#include "framework/config/schema.hpp"

#include <gmock/gmock.h>

#include "framework/base/error.hpp"
#include "sample_options.hpp"
#include "variant_options.hpp"

namespace laconic::config {
namespace {

using ::testing::HasSubstr;

class Schema : public ::testing::Test {
 protected:
  void SetUp() override { options_.describe(fields_); }
  SampleOptions options_;
  Fields fields_;
};

TEST_F(Schema, MarkdownHasATableAGroup) {
  const auto text = markdown(fields_, "Configuration");
  EXPECT_THAT(text, HasSubstr("# Configuration\n\n| key | type | default |"));
  EXPECT_THAT(
      text,
      HasSubstr("\n## comm.oktopk\n\nsparse allreduce\n\nUsed when `comm.allreduce: oktopk`."));
  EXPECT_THAT(
      text, HasSubstr("| `momentum` | real | `0.9` | a number >= 0 and < 1 |  | kind: sgd | heavy "
                      "ball |\n"));
  EXPECT_THAT(
      text, HasSubstr("| `betas` | list of reals | `[0.9, 0.999]` | a list, each a number >= 0 and "
                      "<= 1 |  | kind: adam \\| adamw | decay of the moments |\n"));
  EXPECT_THAT(text, HasSubstr("| `timeout` | real | `600` | a number > 0 | s |  | patience |\n"));
}

TEST_F(Schema, JsonSchemaRefusesUnknownKeysAndKnowsRanges) {
  const auto json = json_schema(fields_, "urn:x", "laconic");
  EXPECT_EQ(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(json["additionalProperties"], false);
  const auto& optimizer = json["properties"]["optimizer"];
  EXPECT_EQ(optimizer["additionalProperties"], false);
  EXPECT_EQ(optimizer["description"], "the update");
  const auto& members = optimizer["properties"];
  EXPECT_EQ(members["kind"]["enum"], nlohmann::ordered_json({"sgd", "adam", "adamw"}));
  EXPECT_EQ(members["kind"]["default"], "adam");
  EXPECT_EQ(members["lr"]["exclusiveMinimum"], 0);
  EXPECT_EQ(members["lr"]["maximum"], 10);
  EXPECT_FALSE(members["lr"].contains("minimum"));
  EXPECT_EQ(members["momentum"]["description"], "heavy ball (used when kind: sgd)");
  EXPECT_EQ(json["properties"]["model"]["properties"]["hidden"]["items"]["maximum"], 65536);
  EXPECT_FALSE(json["properties"]["seed"].contains("minimum"));
}

TEST_F(Schema, HelpShowsOneKeyOrASubtree) {
  EXPECT_EQ(help_text(fields_, "optimizer.momentum"),
            "optimizer.momentum  (real; default 0.9; a number >= 0 and < 1)\n    heavy ball\n"
            "    used when kind: sgd\n");
  EXPECT_THAT(help_text(fields_, "comm"),
              HasSubstr("comm.oktopk.period  (integer; default 32; a whole "
                        "number >= 1; in steps)\n"));
  EXPECT_THAT(help_text(fields_, ""), HasSubstr("data.file"));
}

TEST_F(Schema, HelpForNoKeyNamesTheNearest) {
  try {
    help_text(fields_, "optimizer.lrr");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(),
                HasSubstr("there is no key 'optimizer.lrr'; did you mean optimizer.lr"));
  }
}

class VariantSchema : public ::testing::Test {
 protected:
  void SetUp() override { options_.describe(fields_); }
  std::string help(const std::string& path) { return help_text(fields_, path); }
  VariantOptions options_;
  Fields fields_;
};

TEST_F(VariantSchema, HelpListsTheEntriesOfAVariant) {
  EXPECT_EQ(help("drawing.kind"),
            "drawing.kind  (choice; default square; one of round, square, hexagon, frame, point)\n"
            "    what is drawn\n    round: a circle\n    square: four sides\n"
            "    hexagon: six sides\n    frame: around another\n    point: no size\n");
}

TEST_F(VariantSchema, EqualDeclarationsAreOneRowAndDifferentOnesAreApart) {
  EXPECT_EQ(help("drawing.size"),
            "drawing.size  (integer; default 3; a whole number >= 1 and <= 9)\n    in pixels\n"
            "    used when kind: round\n"
            "drawing.size  (integer; default 30; a whole number >= 10 and <= 90)\n    in pixels\n"
            "    used when kind: square | hexagon\n"
            "drawing.size  (integer; default 3; a whole number >= 1 and <= 9)\n    in pixels\n"
            "    used when kind: frame and inside: round\n");
  EXPECT_THAT(markdown(fields_, "T"),
              HasSubstr("| `corner` | choice | `sharp` | one of sharp, round |  | kind: square \\| "
                        "hexagon | its form |\n"));
}

TEST_F(VariantSchema, AKeyOfEveryEntryHasNoCondition) {
  const std::array both{Shape{"a", "", make<RoundOptions>, 1},
                        Shape{"b", "", make<RoundOptions>, 1}};
  Variant<Shape> all("a", both);
  Fields fields;
  fields.variant("kind", all, "");
  EXPECT_EQ(help_text(fields, "radius"),
            "radius  (real; default 1; a number > 0)\n    of the "
            "circle\n");
}

TEST_F(VariantSchema, AConditionStandsAtTheGroupOrAtItsMembers) {
  EXPECT_EQ(help("drawing.mesh"),
            "drawing.mesh\n    what fills it\n    used when drawing.kind: square\n"
            "drawing.mesh.cells  (integer; default 8; a whole number >= 1)\n    of the mesh\n");
  const std::string paper = help("paper");
  EXPECT_TRUE(paper.starts_with("paper\n    what it is drawn on\npaper.ink"))
      << "half of the members only have the condition: " << paper;
  EXPECT_THAT(help("paper.ink"), HasSubstr("    used when drawing.kind: round | square\n"));
  EXPECT_THAT(help("paper.width"), ::testing::Not(HasSubstr("used when")));
}

TEST_F(VariantSchema, AnEmptyValueInAConditionCanBeRead) {
  EXPECT_THAT(help("copies"), HasSubstr("    used when log: \"\"\n"));
}

TEST_F(VariantSchema, JsonSchemaAllowsTheShortFormAndEachDeclaration) {
  const auto json = json_schema(fields_, "urn:x", "T");
  const auto& drawing = json["properties"]["drawing"];
  EXPECT_EQ(drawing["anyOf"][0]["enum"],
            nlohmann::ordered_json({"round", "square", "hexagon", "frame", "point"}));
  const auto& members = drawing["anyOf"][1]["properties"];
  EXPECT_EQ(members["size"]["anyOf"].size(), 3u);
  EXPECT_EQ(members["size"]["anyOf"][1]["minimum"], 10);
  EXPECT_EQ(members["size"]["anyOf"][1]["description"],
            "in pixels (used when kind: square | hexagon)");
  EXPECT_FALSE(json["properties"]["paper"].contains("anyOf"));
}

}  // namespace
}  // namespace laconic::config
