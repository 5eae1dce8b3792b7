#include <gmock/gmock.h>

#include <filesystem>

#include "sample_options.hpp"

namespace laconic::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Resolved, PrintsTheUsedKeysInTheSchemasOrderWithOrigins) {
  const auto resolved =
      resolve_sample("optimizer:\n  kind: sgd\nname: a b\n", {"model.layers=4"}, {{"seed", "7"}});
  EXPECT_EQ(resolved.to_yaml(), R"(name: "a b"  # test.yaml:3:1
seed: 7  # sweep
shift: 0  # default
model:
  hidden: [128, 128]  # default
  layers: 4  # command line
  dropout: 0  # default
  residual: false  # default
optimizer:
  kind: sgd  # test.yaml:2:3
  lr: 0.01  # default
  momentum: 0.9  # default
comm:
  allreduce: dense  # default
  timeout: 600  # default
data:
  file: ""  # default
  classes: []  # default
)");
}

TEST(Resolved, ReadsBackToTheSameValuesFromAnyFolder) {
  const auto first = resolve_sample(
      "data: {file: set.h5, classes: [\"null\", '', \"a\\nb: #c\", 'x\"y', \"\\x01\\u263A\"]}\n"
      "shift: 0.1000000000000000055511151231257827\noptimizer: {momentum: 1e-7}\n");
  SampleOptions options;
  const auto second = resolve(options, first.to_yaml(), "elsewhere/config.yaml");
  EXPECT_EQ(second.to_json(), first.to_json());
  EXPECT_EQ(second.hash(), first.hash());
}

TEST(Resolved, AFileNameCannotEscapeFromItsComment) {
  SampleOptions options;
  const auto resolved = resolve(options, "seed: 3\n", "a\nseed: 4\n.yaml");
  EXPECT_THAT(resolved.to_yaml(), HasSubstr("seed: 3  # a\\nseed: 4\\n.yaml:1:1\n"));
}

TEST(Resolved, JsonIsNestedAndWhole) {
  const auto json = resolve_sample("optimizer: {lr: 1e-3}\n").to_json();
  EXPECT_EQ(json["optimizer"]["lr"], 1e-3);
  EXPECT_EQ(json["comm"]["oktopk"]["period"], 32);
  EXPECT_EQ(json["model"]["hidden"], nlohmann::json({128, 128}));
}

TEST(Resolved, TheHashSeesValuesThatAreUsedAndMayChangeNumbersAndNothingElse) {
  const auto hash = resolve_sample("").hash();
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(resolve_sample("seed: 1  # said aloud\n").hash(), hash);
  EXPECT_EQ(resolve_sample("", {"seed=1"}).hash(), hash);
  EXPECT_EQ(resolve_sample("optimizer: {momentum: 0.1}\n").hash(), hash) << "adam has no momentum";
  EXPECT_NE(resolve_sample("seed: 2\n").hash(), hash);
  EXPECT_NE(resolve_sample("shift: 4.9406564584124654e-324\n").hash(), hash);
}

}  // namespace
}  // namespace laconic::config
