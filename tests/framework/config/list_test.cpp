// A group whose members are "1", "2", ... may be written as a list.
#include <gmock/gmock.h>

#include "framework/config/schema.hpp"
#include "variant_options.hpp"

namespace laconic::config {
namespace {

using ::testing::HasSubstr;

struct Slides {
  std::array<Drawing, 3> drawings;
  void describe(Fields& f) {
    for (size_t k = 0; k < 3; ++k) f.group(std::to_string(k + 1), drawings[k], "a slide");
  }
};
struct ListOptions {
  Slides slides;
  Drawing cover;
  void describe(Fields& f) {
    f.group("slides", slides, "a list").is_list();
    f.group("cover", cover, "no list");
  }
};

struct ResolvedSlides {
  ListOptions options;
  Resolved resolved;
  std::string kinds() const {
    std::string text;
    for (const Drawing& drawing : options.slides.drawings) text += drawing.shape.name() + " ";
    return text;
  }
};

// As a run's options, they stay where they were described.
std::unique_ptr<ResolvedSlides> slides_of(const std::string& yaml,
                                          const std::vector<std::string>& overrides = {}) {
  ListOptions options;
  Resolved resolved = resolve(options, yaml, "t.yaml", overrides);
  return std::make_unique<ResolvedSlides>(ResolvedSlides{options, std::move(resolved)});
}

std::string list_error_of(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  try {
    slides_of(yaml, overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

constexpr const char* three = R"(
slides:
  - {kind: round, radius: 2, size: 5}
  - point
  - kind: hexagon
    size: 40
)";

TEST(AList, SetsItsMembersInTheirOrder) {
  const auto slides = slides_of(three);
  EXPECT_EQ(slides->kinds(), "round point hexagon ");
  EXPECT_EQ(slides->resolved.value("slides.1.radius"), 2);
  EXPECT_EQ(slides->resolved.value("slides.3.size"), 40);
  EXPECT_EQ(slides->resolved.origin("slides.3.size").where, "t.yaml:6:5");
  EXPECT_EQ(slides_of("slides: [point]\n")->kinds(), "point square square ");
}

TEST(AList, IsReadBackAsItIsPrinted) {
  const auto slides = slides_of(three);
  const auto again = slides_of(slides->resolved.to_yaml());
  EXPECT_EQ(again->resolved.to_json(), slides->resolved.to_json());
  EXPECT_EQ(again->resolved.hash(), slides->resolved.hash());
}

TEST(AList, ReplacesTheListOfTheFileAndAMemberDoesNot) {
  EXPECT_EQ(slides_of(three, {"slides=[{kind: round}]"})->kinds(), "round square square ");
  EXPECT_EQ(slides_of(three, {"slides=[{kind: round}]"})->resolved.value("slides.1.size"), 3);
  EXPECT_EQ(slides_of(three, {"slides.2=round", "slides.2.size=7"})->kinds(),
            "round round hexagon ");
  EXPECT_EQ(slides_of(three, {"slides=[round]", "slides.2=point"})->kinds(), "round point square ");
}

TEST(AList, HasMistakesAtItsMembers) {
  EXPECT_THAT(list_error_of("slides: [{kind: round, size: 10}]\n"),
              HasSubstr("t.yaml:1:30: slides.1.size: value 10 is out of range"));
  EXPECT_THAT(list_error_of("slides: [point, {kind: round, radiu: 1}]\n"),
              HasSubstr("slides.2.radiu: unknown key; did you mean slides.2.radius"));
  EXPECT_THAT(list_error_of("slides: [point, point, point, point]\n"),
              HasSubstr("t.yaml:1:31: slides: 4 items; allowed: up to 3"));
  EXPECT_THAT(list_error_of("slides: point\n"), HasSubstr("is a group of keys, not a value"));
  EXPECT_THAT(list_error_of("cover: [point]\n"), HasSubstr("is a group of keys, not a value"));
}

TEST(AList, IsOneInTheSchema) {
  ListOptions options;
  Fields fields;
  options.describe(fields);
  const auto member = json_schema(fields, "id", "title")["properties"]["slides"];
  EXPECT_EQ(member["anyOf"][0]["type"], "array");
  EXPECT_EQ(member["anyOf"][1]["type"][0], "object");
}

}  // namespace
}  // namespace laconic::config
