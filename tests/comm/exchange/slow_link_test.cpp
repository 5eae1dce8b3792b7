// comm.link: an exchange takes the time of the link, and its results are those without it.
#include <gmock/gmock.h>

#include <chrono>

#include "comm/exchange/exchange.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Measured {
  double seconds = 1e9;  // of the best sum; the machine may be busy
  Vectors sums;
  std::string transport;
  Link link;
};

// Sums the same vectors `times` times by a ring over `ranks` ranks.
Measured sums_on(const SlowLink& link, int ranks, int64_t n, int times) {
  const ExchangeOptions options = options_with("ring", [&](auto& o) { o.slow_link = link; });
  Measured measured;
  measured.sums = reals(ranks, n);
  const Vectors start = measured.sums;
  run_ranks_well(ranks, [&](Communicator& c) {
    Exchange exchange(c.split(0, c.rank()), options);
    for (int i = 0; i < times; ++i) {
      std::vector<float>& mine = measured.sums[c.rank()];
      mine = start[c.rank()];
      exchange.barrier();
      const Clock::time_point begin = Clock::now();
      exchange.start_sum(mine);
      exchange.finish();
      const double s = std::chrono::duration<double>(Clock::now() - begin).count();
      if (c.rank() == 0) measured.seconds = std::min(measured.seconds, s);
    }
    if (c.rank() != 0) return;
    measured.transport = exchange.transport();
    measured.link = exchange.link();
  });
  return measured;
}

// On two ranks a ring sends two messages of half the vector each, one after the other. A barrier
// may end up to a latency sooner on this rank than on the other.
double ring_s(const Link& link, int64_t n) {
  return 2 * link.message_s(n / 2 * int64_t{sizeof(float)});
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr double overhead = 2;  // they slow the sum itself
#else
constexpr double overhead = 1.1;
#endif

TEST(SlowLink, ItsThroughputIsObeyedWithinSomePercent) {
  constexpr int64_t n = 250'000;  // 1 MB: 80 ms at 100 Mbit/s
  Measured slow = sums_on({.mbit = 100}, 2, n, 8);
  const double expected = ring_s(slow.link, n);
  for (int again = 0; again < 5 && slow.seconds > overhead * expected; ++again)
    slow = sums_on({.mbit = 100}, 2, n, 8);  // the machine was busy
  EXPECT_NEAR(expected, 0.08, 1e-9);
  EXPECT_GE(slow.seconds, 0.97 * expected);
  EXPECT_LE(slow.seconds, overhead * expected);
  EXPECT_EQ(slow.transport, "shaped");
}

TEST(SlowLink, ItsLatencyIsObeyedWithinSomePercent) {
  Measured slow = sums_on({.latency_us = 20'000}, 2, 2, 8);
  for (int again = 0; again < 5 && slow.seconds > 0.045; ++again)
    slow = sums_on({.latency_us = 20'000}, 2, 2, 8);  // the machine was busy
  EXPECT_GE(slow.seconds, 0.02);  // a barrier ends up to a latency sooner here than there
  EXPECT_LE(slow.seconds, 0.045);
}

TEST(SlowLink, ItsSumsHaveTheBitsOfTheFastOne) {
  for (const int ranks : {1, 2, 3}) {
    const Measured fast = sums_on({}, ranks, 999, 1);
    const Measured slow = sums_on({.mbit = 1000, .latency_us = 100}, ranks, 999, 1);
    for (int rank = 0; rank < ranks; ++rank)
      EXPECT_TRUE(same_bits(fast.sums[rank], slow.sums[rank])) << rank << " of " << ranks;
    EXPECT_NE(fast.transport, "shaped");
    EXPECT_EQ(slow.transport == "shaped", ranks > 1);
  }
}

TEST(SlowLink, IsTheLinkThatAllreducesAreChosenBy) {
  const Measured slow = sums_on({.mbit = 100, .latency_us = 200}, 2, 8, 1);
  EXPECT_DOUBLE_EQ(slow.link.latency_s, 200e-6);
  EXPECT_DOUBLE_EQ(slow.link.bytes_per_s, 12.5e6);
  const Link plain = sums_on({}, 2, 8, 1).link;
  EXPECT_DOUBLE_EQ(plain.latency_s, 30e-6);
  EXPECT_DOUBLE_EQ(slow.link.element_s, plain.element_s);
}

}  // namespace
}  // namespace laconic::comm::test
