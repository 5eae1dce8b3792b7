#include "framework/base/context.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

class MaxIsa : public testing::Test {
 protected:
  ~MaxIsa() override { ::unsetenv("LACONIC_MAX_ISA"); }
  Isa capped(const char* cap) {
    ::setenv("LACONIC_MAX_ISA", cap, 1);
    return detect_isa();
  }
};

TEST_F(MaxIsa, CapsButNeverExceedsTheHardware) {
  ::unsetenv("LACONIC_MAX_ISA");
  const Isa hardware = detect_isa();
  EXPECT_EQ(capped("generic"), Isa::generic);
  EXPECT_EQ(capped("avx2"), std::min(Isa::avx2, hardware));
  EXPECT_EQ(capped("avx512"), hardware);
}

TEST_F(MaxIsa, RefusesANameThatIsNone) {
  for (const char* name : {"", "sse", "AVX2"}) {
    try {
      capped(name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::environment);
      EXPECT_NE(std::string(error.what()).find("generic, avx2, avx512"), std::string::npos);
    }
  }
}

TEST(DefaultThreads, SharesTheCoresAndIsAtLeastOne) {
  const int all = default_threads(1);
  EXPECT_GE(all, 1);
  EXPECT_EQ(default_threads(2), std::max(1, all / 2));
  EXPECT_EQ(default_threads(100'000), 1);
  EXPECT_EQ(default_threads(0), all);
}

}  // namespace
}  // namespace laconic
