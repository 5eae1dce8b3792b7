// Predicted times are those that the model transport measures; `dense` follows the prediction, on
// all ranks alike.
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "comm/dense/dense.hpp"
#include "comm/dense/list.hpp"
#include "comm/model/model.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

// Powers of two, so that sums of them are exact.
constexpr Link simple_link{.latency_s = 1.0 / 1024, .bytes_per_s = 1 << 20};

double predicted_s(const char* name, int64_t n, int ranks) {
  return find_allreduce(name).seconds(simple_link, n, ranks);
}

double measured_s(const char* name, int64_t n, int ranks) {
  return run_model(ranks, simple_link,
                   [&](Communicator& c) {
                     std::vector<float> values(n, 1);
                     find_allreduce(name).make(simple_link)->sum(c, values, 0);
                   })
      .seconds();
}

TEST(Cost, IsTheTimeOnTheModel) {
  for (const int ranks : {1, 2, 3, 4, 5, 7, 8, 12, 16, 64}) {
    const bool is_power = std::has_single_bit(static_cast<unsigned>(ranks));
    for (const int64_t n : {0, ranks, 64 * ranks}) {
      EXPECT_EQ(predicted_s("ring", n, ranks), measured_s("ring", n, ranks)) << ranks << " " << n;
      EXPECT_EQ(predicted_s("ref", n, ranks), measured_s("ref", n, ranks)) << ranks << " " << n;
      EXPECT_NEAR(predicted_s("circulant", n, ranks), measured_s("circulant", n, ranks), 1e-12)
          << ranks << " " << n;
      // Where there is a fold, ranks without a guest are ahead, and their messages meet those of
      // the guests on the way in.
      const double message_s = is_power ? 0 : simple_link.latency_s + simple_link.occupied_s(4 * n);
      EXPECT_NEAR(predicted_s("recursive_doubling", n, ranks),
                  measured_s("recursive_doubling", n, ranks), message_s)
          << ranks << " " << n;
      EXPECT_NEAR(predicted_s("rabenseifner", n, ranks), measured_s("rabenseifner", n, ranks),
                  message_s)
          << ranks << " " << n;
    }
  }
}

TEST(Cost, OfUnevenSegmentsIsCloseToTheTimeOnTheModel) {
  for (const int ranks : {3, 7, 12})
    for (const int64_t n : {1, ranks - 1, 1000}) {
      EXPECT_NEAR(predicted_s("ring", n, ranks), measured_s("ring", n, ranks),
                  2 * ranks * simple_link.occupied_s(4));
      EXPECT_NEAR(predicted_s("circulant", n, ranks), measured_s("circulant", n, ranks),
                  2 * ranks * simple_link.occupied_s(4));
    }
}

std::string chosen(const Link& options, int64_t n, int ranks) {
  return choose_dense(options, n, ranks).name;
}

TEST(Dense, ChoosesFewMessagesForShortVectorsAndFewBytesForLongOnes) {
  EXPECT_EQ(chosen(simple_link, 10, 8), "recursive_doubling");
  EXPECT_EQ(chosen(simple_link, 10, 12), "recursive_doubling");
  EXPECT_EQ(chosen(simple_link, 10000, 8), "rabenseifner");
  EXPECT_EQ(chosen(simple_link, 10000, 12), "circulant");
  EXPECT_EQ(chosen(simple_link, 1000000, 8),
            "ring");                          // its messages are many, and make no difference
  EXPECT_EQ(chosen({}, 1000000, 8), "ring");  // all is free
}

TEST(Dense, IsNeverMuchSlowerThanWhatItDidNotChoose) {
  const Link ethernet = link_of(30, 0.8);
  for (int ranks = 1; ranks <= 40; ++ranks)
    for (int64_t n = 1; n < 1 << 24; n *= 3) {
      const double best = choose_dense(ethernet, n, ranks).seconds(ethernet, n, ranks);
      for (const AllreduceEntry& other : dense_list())
        if (other.automatic) {
          EXPECT_LE(best, other.seconds(ethernet, n, ranks) * 1.05) << other.name;
        }
      if (std::has_single_bit(static_cast<unsigned>(ranks))) {
        EXPECT_NE(chosen(ethernet, n, ranks), "circulant");
      }
    }
}

// Links and lengths under which each of the algorithms is chosen.
TEST(Dense, SumsAndCountsWithEveryChoice) {
  const AllreduceEntry& entry = find_allreduce("dense");
  std::set<std::string> seen;
  for (const Link& options : {Link{.latency_s = 1}, Link{.bytes_per_s = 1}, link_of(100, 100)})
    for (const int ranks : {2, 3, 5, 8, 12})
      for (const int64_t n : {1, 1000}) {
        seen.insert(chosen(options, n, ranks));
        EXPECT_EQ(problems(maker(entry, options), ranks, n), "");
        const SumResult result = sum(maker(entry, options), integers(ranks, n));
        for (int rank = 0; rank < ranks; ++rank) {
          const Traffic expected = entry.traffic(options, n, rank, ranks);
          EXPECT_EQ(result.traffic[rank].bytes_sent, expected.bytes_sent);
          EXPECT_EQ(result.traffic[rank].messages_received, expected.messages_received);
        }
      }
  EXPECT_EQ(seen.size(), std::ranges::count_if(dense_list(), &AllreduceEntry::automatic));
}

}  // namespace
}  // namespace laconic::comm::test
