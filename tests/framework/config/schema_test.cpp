#include "framework/config/schema.hpp"

#include <gmock/gmock.h>

#include "framework/base/error.hpp"
#include "sample_options.hpp"

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
  const auto json = json_schema(fields_, "laconic");
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

}  // namespace
}  // namespace laconic::config
