// Memory that runs out while the attributes of a checkpoint are put together.
#include <gtest/gtest.h>

#include <new>

#include "apps/laconic/run/config.hpp"
#include "tests/comm/allocations.hpp"
#include "tests/places.hpp"

namespace laconic {
namespace {

TEST(NoMemory, ForTheConfigurationAsJsonIsAnErrorWhereverItRunsOut) {
  const Config config = load_config(tests_folder().parent_path() / "configs/quick/planted.yaml", {});
  const nlohmann::json whole = config.resolved().numeric_json();
  nlohmann::json json;
  int64_t failures = 0;
  for (bool failed = true; failed; failures += failed) {
    failed = false;
    comm::test::fail_allocation(failures + 1);
    try {
      json = config.resolved().numeric_json();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    comm::test::fail_allocation(0);
  }
  EXPECT_EQ(json, whole);
  EXPECT_GT(failures, 100);
}

}  // namespace
}  // namespace laconic
