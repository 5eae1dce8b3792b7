#include "framework/config/resolve.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "sample_options.hpp"

namespace laconic::config {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Resolve, FillsTheStructFromTheFile) {
  SampleOptions options;
  const auto resolved = resolve(options, R"(
name: first
seed: 1e3
model:
  hidden:
    - 64
    - 32
  residual: true
optimizer: {kind: sgd, lr: .05, momentum: 0.5}
data:
  classes: [a, "b c", 12]
)",
                                "dir/test.yaml");
  EXPECT_EQ(options.name, "first");
  EXPECT_EQ(options.seed, 1000);
  EXPECT_THAT(options.model.hidden, ElementsAre(64, 32));
  EXPECT_TRUE(options.model.residual);
  EXPECT_EQ(options.optimizer.kind, "sgd");
  EXPECT_EQ(options.optimizer.lr, 0.05);
  EXPECT_THAT(options.data.classes, ElementsAre("a", "b c", "12"));
  EXPECT_EQ(options.model.layers, 3);
  EXPECT_EQ(resolved.origin("optimizer.lr").where, "dir/test.yaml:9:24");
  EXPECT_EQ(resolved.origin("model.layers").kind, Origin::default_value);
  EXPECT_THAT(resolved.notices(), IsEmpty());
}

TEST(Resolve, TheCommandLineBeatsTheSweepBeatsTheFile) {
  SampleOptions options;
  const std::vector<std::string> overrides = {"optimizer.lr=0.3", "model.hidden=[8, 9]",
                                              "name=x=y"};
  const auto resolved = resolve(options, "seed: 5\noptimizer: {lr: 0.1}\n", "test.yaml", overrides,
                                {{"optimizer.lr", "0.2"}, {"model.layers", "4"}});
  EXPECT_EQ(options.optimizer.lr, 0.3);
  EXPECT_EQ(options.model.layers, 4);
  EXPECT_EQ(options.seed, 5);
  EXPECT_THAT(options.model.hidden, ElementsAre(8, 9));
  EXPECT_EQ(options.name, "x=y");
  EXPECT_EQ(resolved.origin("optimizer.lr").kind, Origin::override_);
  EXPECT_EQ(resolved.origin("optimizer.lr").where, "command line: optimizer.lr=0.3");
  EXPECT_EQ(resolved.origin("model.layers").kind, Origin::sweep);
}

TEST(Resolve, OverridesTakeWholeGroupsToo) {
  const auto resolved = resolve_sample("", {"optimizer={kind: sgd, lr: 0.5}"});
  EXPECT_EQ(resolved.to_json()["optimizer"]["lr"], 0.5);
}

TEST(Resolve, AnEmptyFileIsAllDefaultsWithANotice) {
  const auto resolved = resolve_sample("# nothing yet\n");
  EXPECT_THAT(resolved.notices(),
              ElementsAre("test.yaml: the file is empty; every key has its default"));
  EXPECT_EQ(resolved.to_json(), resolve_sample("model:\n").to_json());
}

TEST(Resolve, ReportsAllMistakesSortedByPosition) {
  const auto problems = problems_of(R"(optimizer:
  lr: -1
  lrr: 2
  kind: adamm
seed: 0x10
modle: {}
model:
  layers: 65
  hidden: [1, 0, two]
  residual: yes
  layers: 3
)",
                                    {"model.dropout=1", "nonsense"});
  std::vector<std::string> texts;
  for (const auto& problem : problems) texts.push_back(problem.text());
  EXPECT_THAT(
      texts,
      ElementsAre(
          "test.yaml:2:7: optimizer.lr: value -1 is out of range; allowed: a number > 0 and <= 10",
          "test.yaml:3:3: optimizer.lrr: unknown key; did you mean optimizer.lr?",
          "test.yaml:4:9: optimizer.kind: value adamm; allowed: one of sgd, adam, adamw; did you "
          "mean adam?",
          "test.yaml:5:7: seed: value 0x10: only decimal numbers are read: write 16; allowed: a "
          "whole number",
          "test.yaml:6:1: modle: unknown key; did you mean model?",
          "test.yaml:8:11: model.layers: value 65 is out of range; allowed: a whole number >= 1 "
          "and <= 64",
          "test.yaml:9:15: model.hidden[1]: value 0 is out of range; allowed: a list, each a whole "
          "number >= 1 "
          "and <= 65536",
          "test.yaml:9:18: model.hidden[2]: value two; allowed: a list, each a whole number >= 1 "
          "and <= 65536",
          "test.yaml:10:13: model.residual: value yes: write true; allowed: true or false",
          "test.yaml:11:3: model.layers: the key is given twice; first at test.yaml:8:3",
          "command line: model.dropout=1: model.dropout: value 1 is out of range; allowed: a "
          "number >= 0 and < 1",
          "command line: nonsense: an override is written key.path=value"));
}

TEST(Resolve, ThrowsTheConfigurationExitCodeAndLeavesTheStructAlone) {
  SampleOptions options;
  try {
    resolve(options, "seed: 9\nname: [1]\n", "test.yaml");
    FAIL() << "a list was taken for a text";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_STREQ(error.what(), "test.yaml:2:7: name: a list; allowed: text");
  }
  EXPECT_EQ(options.seed, 1);
}

TEST(Resolve, FindsTheRightLevelOfAnUnknownKey) {
  EXPECT_EQ(problem_of("lr: 0.1\n"), "test.yaml:1:1: lr: unknown key; did you mean optimizer.lr?");
  EXPECT_EQ(problem_of("model: {seed: 1}\n"),
            "test.yaml:1:9: model.seed: unknown key; did you mean seed?");
  EXPECT_EQ(problem_of("optimizer:\nlr: 0.1\n"),
            "test.yaml:2:1: lr: unknown key; did you mean optimizer.lr?");
  EXPECT_EQ(problem_of("comm: {densty: 1}\n"),
            "test.yaml:1:8: comm.densty: unknown key; allowed: allreduce, timeout, oktopk");
  EXPECT_EQ(problem_of("optimizer.lr: 0.1\n"),
            "test.yaml:1:1: optimizer.lr: unknown key; dots are for the command line: write one "
            "key below "
            "the other");
  EXPECT_EQ(problem_of("", {"optimzer.lr=1"}),
            "command line: optimzer.lr=1: optimzer.lr: unknown key; did you mean optimizer.lr?");
  EXPECT_EQ(problem_of("", {}, {{"Seed", "1"}}),
            "sweep: Seed=1: Seed: unknown key; did you mean seed?");
}

TEST(Resolve, RefusesEachWrongTypeAtTheValue) {
  EXPECT_EQ(problem_of("seed: \"1\"\n"),
            "test.yaml:1:7: seed: value \"1\" is text: remove the quotes; allowed: a whole number");
  EXPECT_EQ(problem_of("seed: 1.0\n"),
            "test.yaml:1:7: seed: value 1.0: a whole number has no decimal point; allowed: a whole "
            "number");
  EXPECT_EQ(
      problem_of("seed:\nname: x\n"),
      "test.yaml:1:1: seed: no value: delete the key for its default; allowed: a whole number");
  EXPECT_EQ(problem_of("name: ~\n"),
            "test.yaml:1:1: name: no value: write \"\" for an empty text; allowed: text");
  EXPECT_EQ(
      problem_of("model: 3\n"),
      "test.yaml:1:8: model: is a group of keys, not a value; allowed below it: hidden, layers, "
      "dropout, residual");
  EXPECT_EQ(
      problem_of("model: {hidden: 3}\n"),
      "test.yaml:1:17: model.hidden: value 3: write [3]; allowed: a list, each a whole number >= 1 "
      "and <= 65536");
  EXPECT_EQ(problem_of("seed: {a: 1}\n"),
            "test.yaml:1:7: seed: a group of keys; allowed: a whole number");
  EXPECT_EQ(problem_of("shift: .nan\n"),
            "test.yaml:1:8: shift: value .nan: the number must be finite; allowed: a number");
  EXPECT_THAT(problem_of("shift: 1e-4000\n"),
              HasSubstr("1:8: shift: value 1e-4000: too close to 0"));
  EXPECT_THAT(problem_of("- a\n"), HasSubstr("test.yaml:1:1: the file must consist of lines"));
  EXPECT_THAT(problem_of("seed:1\n"), EndsWith("is a space missing after ':'?"));
}

TEST(Resolve, OverridesFollowTheRulesOfTheFile) {
  EXPECT_EQ(
      problem_of("", {"model.residual=yes"}),
      "command line: model.residual=yes: model.residual: value yes: write true; allowed: true or "
      "false");
  EXPECT_EQ(problem_of("", {"seed='1'"}),
            "command line: seed='1': seed: value \"1\" is text: remove the quotes; allowed: a "
            "whole number");
  EXPECT_THAT(problem_of("", {"seed="}), HasSubstr("seed: no value"));
  EXPECT_THAT(problem_of("", {"model="}), HasSubstr("model: is a group of keys"));
  EXPECT_THAT(problem_of("", {"model={layers: 1, layers: 2}"}),
              HasSubstr("model.layers: the key is given twice"));
  EXPECT_THAT(problem_of("", {"=1"}), HasSubstr("unknown key"));
  EXPECT_THAT(problem_of("", {"model.hidden=[1"}), HasSubstr("never closed"));
}

TEST(Resolve, ALaterOverrideWinsWithANotice) {
  const auto resolved = resolve_sample("name: x\n", {"seed=1", "seed=2"});
  EXPECT_EQ(resolved.to_json()["seed"], 2);
  EXPECT_THAT(resolved.notices(),
              ElementsAre("seed is given twice; the later, command line: seed=2, counts"));
}

TEST(Resolve, AKeyOfAnUnselectedVariantIsValidatedAndGivesOneNotice) {
  const auto resolved = resolve_sample(
      "optimizer: {momentum: 0.5}\ncomm:\n  oktopk:\n    density: 0.5\n", {"comm.oktopk.period=3"});
  EXPECT_THAT(
      resolved.notices(),
      ElementsAre("test.yaml:1:13: optimizer.momentum is set but not used (only with kind: sgd)",
                  "test.yaml:4:5: comm.oktopk.density is set but not used (only with allreduce: "
                  "oktopk)",
                  "command line: comm.oktopk.period=3: comm.oktopk.period is set but not used "
                  "(only with allreduce: oktopk)"));
  EXPECT_THAT(problem_of("optimizer: {momentum: 5}\n"),
              HasSubstr("1:23: optimizer.momentum: value 5"));
  EXPECT_THAT(resolve_sample("comm: {allreduce: oktopk, oktopk: {density: 0.5}}\n").notices(),
              IsEmpty());
}

struct Chain {  // b needs a, c needs b
  bool a = false, b = false, c = false;
  void describe(Fields& f) {
    f.flag("a", a, "");
    f.flag("b", b, "").only_when("a", {"true"});
    f.flag("c", c, "").only_when("b", {"true"});
  }
};

TEST(Resolve, AConditionHoldsOnlyIfItsOwnKeyIsUsed) {
  Chain chain;
  EXPECT_THAT(resolve(chain, "a: true\nb: true\nc: true\n", "t").notices(), IsEmpty());
  EXPECT_EQ(resolve(chain, "a: false\nb: true\nc: true\n", "t").notices().size(), 2u);
}

struct Drawing {
  std::string kind = "round";
  void describe(Fields& f) { f.choice("kind", kind, {"round", "square"}, ""); }
};
struct Elsewhere {  // a key whose condition stands in another group
  Drawing shape;
  struct Tool {
    int64_t radius = 1;
    void describe(Fields& f) { f.integer("radius", radius, {}).only_when("shape.kind", {"round"}); }
  } tool;
  void describe(Fields& f) {
    f.group("shape", shape, "");
    f.group("tool", tool, "");
  }
};

TEST(Resolve, AConditionMayNameAKeyOfAnotherGroupByItsFullPath) {
  Elsewhere all;
  EXPECT_THAT(resolve(all, "tool: {radius: 2}\n", "t").notices(), IsEmpty());
  EXPECT_THAT(resolve(all, "shape: {kind: square}\ntool: {radius: 2}\n", "t").notices(),
              ElementsAre("t:2:8: tool.radius is set but not used (only with shape.kind: round)"));
}

struct Circle {
  bool a = false, b = false;
  void describe(Fields& f) {
    f.flag("a", a, "").only_when("b", {"false"});
    f.flag("b", b, "").only_when("a", {"false"});
  }
};

TEST(Resolve, BugsInADescriptionAreInternalErrors) {
  Circle circle;
  EXPECT_THROW(resolve(circle, "", "t"), Error);
  Fields fields;
  int64_t zero = 0;
  std::string kind = "x";
  EXPECT_THROW(fields.integer("n", zero, {.min = 1}), Error);
  EXPECT_THROW(fields.choice("kind", kind, {"a", "b"}, ""), Error);
  EXPECT_THROW(fields.text("a.b", kind, ""), Error);
  fields.text("a", kind, "");
  EXPECT_THROW(fields.text("a", kind, ""), Error);
}

TEST(Resolve, PathsAreRelativeToTheFileAndOverridesToTheCurrentFolder) {
  const std::string here = std::filesystem::current_path();
  SampleOptions options;
  resolve(options, "data: {file: ../set.h5}\n", "configs/quick/a.yaml");
  EXPECT_EQ(options.data.file, here + "/configs/set.h5");
  resolve(options, "", "configs/quick/a.yaml", std::vector<std::string>{"data.file=set.h5"});
  EXPECT_EQ(options.data.file, here + "/set.h5");
  resolve(options, "", "configs/quick/a.yaml", {}, {{"data.file", "set.h5"}});
  EXPECT_EQ(options.data.file, here + "/configs/quick/set.h5");
  resolve(options, "data: {file: /abs/set.h5}\n", "configs/quick/a.yaml");
  EXPECT_EQ(options.data.file, "/abs/set.h5");
  resolve(options, "data: {file: \"\"}\n", "configs/quick/a.yaml");
  EXPECT_EQ(options.data.file, "");
}

TEST(Resolve, TheEnvironmentIsNeverRead) {
  EXPECT_THAT(problem_of("data: {file: $HOME/x}\n"),
              HasSubstr("1:14: data.file: value $HOME/x: variables "
                        "are not expanded"));
  EXPECT_THAT(problem_of("data: {file: ~/x}\n"), HasSubstr("~ is not expanded"));
  EXPECT_EQ(resolve_sample("name: $HOME\n").to_json()["name"], "$HOME");
}

TEST(Resolve, AProblemFoundLaterHasTheAddressOfItsKey) {
  const auto resolved = resolve_sample("model:\n  layers: 9\n", {"seed=3"});
  EXPECT_EQ(resolved.problem("model.layers", "more than hidden has").text(),
            "test.yaml:2:3: model.layers: more than hidden has");
  EXPECT_EQ(resolved.problem("seed", "no").text(), "command line: seed=3: seed: no");
  EXPECT_EQ(resolved.problem("name", "no").text(), "default: name: no");
}

TEST(Resolve, ManyProblemsAreCountedNotPrinted) {
  std::string yaml;
  for (int i = 0; i < 250; ++i) yaml += fmt::format("key{}: 1\n", i);
  try {
    resolve_sample(yaml);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.problems().size(), 250u);
    EXPECT_THAT(error.what(), EndsWith("\n... and 150 more"));
  }
}

}  // namespace
}  // namespace laconic::config
