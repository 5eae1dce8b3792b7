// Predicted times are those that the model transport measures; `dense` follows the prediction, on
// all ranks alike.
#include "comm/cost.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "comm/model.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

// Powers of two, so that sums of them are exact.
constexpr LinkOptions link{.latency_s = 1.0 / 1024, .bytes_per_s = 1 << 20};

template <class Make>
double measured_s(Make make, int64_t n, int ranks) {
  return run_model(ranks, link,
                   [&](Communicator& c) {
                     std::vector<float> values(n, 1);
                     make()->sum(c, values, 0);
                   })
      .seconds();
}

TEST(Cost, IsTheTimeOnTheModel) {
  for (const int ranks : {1, 2, 3, 4, 5, 7, 8, 12, 16, 64}) {
    const bool is_power = std::has_single_bit(static_cast<unsigned>(ranks));
    for (const int64_t n : {0, ranks, 64 * ranks}) {
      EXPECT_EQ(ring_seconds(link, n, ranks), measured_s(make_ring, n, ranks)) << ranks << " " << n;
      EXPECT_EQ(ref_seconds(link, n, ranks), measured_s(make_ref, n, ranks)) << ranks << " " << n;
      EXPECT_NEAR(circulant_seconds(link, n, ranks), measured_s(make_circulant, n, ranks), 1e-12)
          << ranks << " " << n;
      // Where there is a fold, ranks without a guest are ahead, and their messages meet those of
      // the guests on the way in.
      const double message_s = is_power ? 0 : link.latency_s + link.occupied_s(4 * n);
      EXPECT_NEAR(recursive_doubling_seconds(link, n, ranks),
                  measured_s(make_recursive_doubling, n, ranks), message_s)
          << ranks << " " << n;
      EXPECT_NEAR(rabenseifner_seconds(link, n, ranks), measured_s(make_rabenseifner, n, ranks),
                  message_s)
          << ranks << " " << n;
    }
  }
}

TEST(Cost, OfUnevenSegmentsIsCloseToTheTimeOnTheModel) {
  for (const int ranks : {3, 7, 12})
    for (const int64_t n : {1, ranks - 1, 1000}) {
      EXPECT_NEAR(ring_seconds(link, n, ranks), measured_s(make_ring, n, ranks),
                  2 * ranks * link.occupied_s(4));
      EXPECT_NEAR(circulant_seconds(link, n, ranks), measured_s(make_circulant, n, ranks),
                  2 * ranks * link.occupied_s(4));
    }
}

std::string chosen(const LinkOptions& options, int64_t n, int ranks) {
  return dense_algorithms()[choose_dense(options, n, ranks)].name;
}

TEST(Dense, ChoosesFewMessagesForShortVectorsAndFewBytesForLongOnes) {
  EXPECT_EQ(chosen(link, 10, 8), "recursive_doubling");
  EXPECT_EQ(chosen(link, 10, 12), "recursive_doubling");
  EXPECT_EQ(chosen(link, 10000, 8), "rabenseifner");
  EXPECT_EQ(chosen(link, 10000, 12), "circulant");
  EXPECT_EQ(chosen(link, 1000000, 8), "ring");  // its messages are many, and make no difference
  EXPECT_EQ(chosen({}, 1000000, 8), "ring");    // all is free
}

TEST(Dense, IsNeverMuchSlowerThanWhatItDidNotChoose) {
  const LinkOptions ethernet = link_of(30, 0.8);
  for (int ranks = 1; ranks <= 40; ++ranks)
    for (int64_t n = 1; n < 1 << 24; n *= 3) {
      const double best =
          dense_algorithms()[choose_dense(ethernet, n, ranks)].seconds(ethernet, n, ranks);
      for (const DenseAlgorithm& other : dense_algorithms())
        EXPECT_LE(best, other.seconds(ethernet, n, ranks) * 1.05) << other.name;
      if (std::has_single_bit(static_cast<unsigned>(ranks))) {
        EXPECT_NE(chosen(ethernet, n, ranks), "circulant");
      }
    }
}

// Links and lengths under which each of the algorithms is chosen.
TEST(Dense, SumsAndCountsWithEveryChoice) {
  const AllreduceEntry& entry = find_allreduce("dense");
  std::set<std::string> seen;
  for (const LinkOptions& options :
       {LinkOptions{.latency_s = 1}, LinkOptions{.bytes_per_s = 1}, link_of(100, 100)})
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
  EXPECT_EQ(seen.size(), dense_algorithms().size());
}

}  // namespace
}  // namespace laconic::comm::test
