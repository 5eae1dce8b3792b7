// Samples are divided among clients: each belongs to one, and each split does what its name promises.
#include "data/client_split.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "framework/base/error.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::data {
namespace {

constexpr int split_classes = 10;

std::vector<int32_t> labels_of(int64_t samples) {
  std::vector<int32_t> labels(samples);
  for (int64_t s = 0; s < samples; ++s) labels[s] = static_cast<int32_t>(s % split_classes);
  return labels;
}

// The largest share of one class at a client, as the mean over the clients.
double purity(const std::vector<std::vector<int32_t>>& parts, const std::vector<int32_t>& labels) {
  double sum = 0;
  for (const auto& part : parts) {
    std::vector<double> counts(split_classes);
    for (const int32_t s : part) counts[labels[s]] += 1;
    sum += *std::ranges::max_element(counts) / static_cast<double>(part.size());
  }
  return sum / static_cast<double>(parts.size());
}

TEST(ClientSplits, GiveEverySampleToOneClient) {
  std::vector<int32_t> labels = labels_of(1003);
  labels[7] = -1;
  for (const ClientSplit split : {ClientSplit::iid, ClientSplit::by_class, ClientSplit::dirichlet,
                                  ClientSplit::shuffle_pct}) {
    ClientOptions options;
    options.count = 7;
    options.split = split;
    const auto parts = split_among_clients(options, labels, 1);
    std::vector<int32_t> all;
    for (const auto& part : parts) {
      EXPECT_TRUE(std::ranges::is_sorted(part));
      all.insert(all.end(), part.begin(), part.end());
    }
    std::ranges::sort(all);
    std::vector<int32_t> expected;
    for (int32_t s = 0; s < 1003; ++s)
      if (s != 7) expected.push_back(s);
    EXPECT_EQ(all, expected) << static_cast<int>(split);
    EXPECT_EQ(split_among_clients(options, labels, 1), parts);
    EXPECT_EQ(split_among_clients(options, labels, 2) == parts, split == ClientSplit::by_class);
  }
}

TEST(ClientSplits, DifferInHowMixedClientsAre) {
  const std::vector<int32_t> labels = labels_of(5000);
  ClientOptions options;
  options.count = 10;
  const auto mixed = [&](ClientSplit split) {
    options.split = split;
    return purity(split_among_clients(options, labels, 3), labels);
  };
  const double iid = mixed(ClientSplit::iid);
  EXPECT_LT(iid, 0.2);
  EXPECT_EQ(mixed(ClientSplit::by_class), 1);
  options.shuffle = 0;
  EXPECT_EQ(mixed(ClientSplit::shuffle_pct), 1);
  options.shuffle = 0.5;
  EXPECT_NEAR(mixed(ClientSplit::shuffle_pct), 0.55, 0.03);
  options.shuffle = 1;
  EXPECT_LT(mixed(ClientSplit::shuffle_pct), 0.2);
  options.alpha = 1000;
  EXPECT_LT(mixed(ClientSplit::dirichlet), 0.2);
  options.alpha = 0.1;
  EXPECT_GT(mixed(ClientSplit::dirichlet), 0.4);
}

// Of symmetric shares the mean is 1/N and the variance (N-1) / (N^2 (N alpha + 1)).
TEST(ClientSplits, HaveTheSharesOfDirichlet) {
  const std::vector<int32_t> labels(5000, 0);
  ClientOptions options;
  options.split = ClientSplit::dirichlet;
  options.count = 4;
  for (const double alpha : {0.5, 2.0}) {
    options.alpha = alpha;
    double squares = 0, mean = 0;
    int64_t draws = 0;
    for (uint64_t seed = 1; seed <= 400; ++seed) {
      std::vector<std::vector<int32_t>> parts;
      try {
        parts = split_among_clients(options, labels, seed);
      } catch (const Error&) {
        continue;  // a client without a sample
      }
      for (const auto& part : parts) {
        const double share = static_cast<double>(part.size()) / 5000;
        mean += share;
        squares += share * share;
        ++draws;
      }
    }
    mean /= static_cast<double>(draws);
    EXPECT_NEAR(mean, 0.25, 1e-9);
    EXPECT_NEAR(squares / static_cast<double>(draws) - mean * mean, 3 / (16 * (4 * alpha + 1)),
                0.006);
  }
}

TEST(ClientSplits, MayStandInAFile) {
  const TemporaryFolder folder;
  ClientOptions options;
  options.split = ClientSplit::file;
  options.count = 2;
  options.file = folder / "clients.txt";
  const auto split = [&](const std::string& text) {
    std::ofstream(options.file) << text;
    return split_among_clients(options, {0, 1, 0}, 1);
  };
  using testing::ElementsAre;
  EXPECT_THAT(split("1\n0\r\n1\n"), ElementsAre(ElementsAre(1), ElementsAre(0, 2)));
  for (const char* wrong : {"1\n2\n0\n", "1\nx\n0\n", "1\n0\n", "1\n0\n0\n0\n", "0\n0\n0\n"})
    EXPECT_THROW(split(wrong), Error) << wrong;
}

}  // namespace
}  // namespace laconic::data
