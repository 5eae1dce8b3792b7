#include "framework/base/find_by_name.hpp"

#include <gmock/gmock.h>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

struct Entry {
  const char* name;
  int value;
};
constexpr Entry entries[] = {{"linear", 1}, {"relu", 2}};

TEST(FindByName, ReturnsTheEntryOrWhatItPointsTo) {
  EXPECT_EQ(&find_by_name(entries, "relu", "operator"), &entries[1]);
  const Entry* const pointers[] = {&entries[0], &entries[1]};
  EXPECT_EQ(&find_by_name(pointers, "relu", "operator"), &entries[1]);
  std::vector<Entry> own(std::begin(entries), std::end(entries));
  find_by_name(own, "linear", "operator").value = 3;
  EXPECT_EQ(own[0].value, 3);
}

std::string error_of(const std::string& name) {
  try {
    find_by_name(entries, name, "operator");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
}

TEST(FindByName, RefusesOtherNamesWithTheAllowedAndTheNearest) {
  EXPECT_EQ(error_of("linaer"),
            "operator: there is no 'linaer'; allowed: linear, relu; did you mean linear?");
  EXPECT_EQ(error_of("convolution"), "operator: there is no 'convolution'; allowed: linear, relu");
  EXPECT_THAT(error_of(""), testing::HasSubstr("there is no ''"));
}

}  // namespace
}  // namespace laconic
