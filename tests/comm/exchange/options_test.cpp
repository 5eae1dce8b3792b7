// The keys of the group `comm`: each entry of the list of allreduces brings its own.
#include "comm/exchange/options.hpp"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "comm/gradient/options.hpp"
#include "framework/base/error.hpp"
#include "framework/config/schema.hpp"

namespace laconic::comm::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

struct Keys : config::Options {
  ExchangeOptions exchange;
  GradientOptions gradient;
  void describe(config::Fields& f) override {
    exchange.describe(f);
    gradient.describe(f);
  }
};

std::string help(const std::string& key) {
  Keys keys;
  config::Fields fields;
  keys.describe(fields);
  return config::help_text(fields, key);
}

TEST(ExchangeOptions, OffersTheListedAlgorithms) {
  ExchangeOptions options;
  config::Fields fields;
  options.describe(fields);
  ASSERT_FALSE(fields.list().empty());
  EXPECT_EQ(fields.list()[0].name, "allreduce");
  EXPECT_EQ(fields.list()[0].allowed, allreduce_names());
}

TEST(ExchangeOptions, KeysAreUsedWithTheAllreducesThatReadThem) {
  for (const char* key : {"mode", "tau", "tau_prime"})
    EXPECT_THAT(help(key), HasSubstr("used when allreduce: oktopk\n")) << key;
  const std::string sparse =
      fmt::format("used when allreduce: {}\n", fmt::join(sparse_allreduce_names(), " | "));
  for (const char* key : {"index_codec", "value_type", "density", "residual_lr", "xi_every"})
    EXPECT_THAT(help(key), HasSubstr(sparse)) << key;
  for (const char* key : {"bucket_mb", "overlap", "timeout"})
    EXPECT_THAT(help(key), Not(HasSubstr("used when"))) << key;
}

TEST(AllreduceList, HasEveryNameOnce) {
  std::vector<std::string> names = allreduce_names();
  for (const std::string& name : names) EXPECT_EQ(find_allreduce(name).name, name);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST(AllreduceList, HasWhatEachKindNeeds) {
  for (const AllreduceEntry& entry : allreduce_list()) {
    if (entry.is_sparse()) {
      EXPECT_TRUE(entry.messages && entry.pairs && !entry.make) << entry.name;
    } else {
      EXPECT_TRUE(entry.make && entry.traffic && !entry.messages) << entry.name;
      EXPECT_TRUE(!entry.automatic || (entry.seconds && entry.counted)) << entry.name;
    }
  }
}

TEST(AllreduceList, NamesTheNearestOfAWrongName) {
  try {
    find_allreduce("oktop");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_THAT(error.what(), HasSubstr("comm.allreduce: there is no 'oktop'; allowed: dense, "));
    EXPECT_THAT(error.what(), EndsWith("did you mean oktopk?"));
  }
}

}  // namespace
}  // namespace laconic::comm::test
