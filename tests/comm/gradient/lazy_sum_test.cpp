// The sum of last messages, against one that has all of them in one place; its bytes, by formula.
#include "comm/gradient/lazy_sum.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <numeric>
#include <random>

#include "tests/comm/allocations.hpp"
#include "tests/comm/gradient/pair_formats.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

constexpr int64_t elements = 500, most_pairs = 12;

bool is_fresh_at(int worker, int step) {
  return step == 0 || (step % 4 != 3 && (7 * worker + 3 * step) % 5 < 2);
}

ops::SparseVector message_of(int worker, int step, const PairFormat& format) {
  std::mt19937_64 engine(1000 * worker + step);
  std::normal_distribution<float> normal;
  ops::SparseVector pairs;
  for (int64_t i = worker; i < elements && pairs.size() < most_pairs; i += 1 + engine() % 60)
    pairs.push_back(static_cast<int32_t>(i), format.rounded(normal(engine)));
  return pairs;
}

int64_t block_bytes(const PairFormat& format, const ops::SparseVector& pairs) {
  Bytes bytes;
  write_pairs(format, view(pairs), {0, elements}, bytes);
  return std::ssize(bytes);
}

// What all messages sum to, and what crosses the wire.
struct Expected {
  std::vector<float> sum = std::vector<float>(elements);
  int64_t flags = 0, messages = 0, downlink = 0;
};

Expected expected(const std::vector<ops::SparseVector>& last, int step, int ranks,
                  const PairFormat& format, bool server) {
  Expected result;
  const auto workers = static_cast<int>(last.size());
  std::vector<bool> has(elements);
  ops::SparseVector sum;
  int64_t fresh = 0;
  for (int m = 0; m < workers; ++m) {
    for (int64_t i = 0; i < last[m].size(); ++i) {
      result.sum[last[m].indices[i]] += last[m].values[i];
      has[last[m].indices[i]] = true;
    }
    if (!is_fresh_at(m, step)) continue;
    ++fresh;
    const int64_t bytes = block_bytes(format, last[m]);
    if (!server) result.messages += (ranks - 1) * bytes;
    if (server && m % ranks != 0) result.messages += bytes;
  }
  for (int32_t i = 0; i < elements; ++i)
    if (has[i]) sum.push_back(i, result.sum[i]);
  result.flags = static_cast<int64_t>(workers) * (ranks - 1);
  if (!server && fresh > 0) result.messages += int64_t{4} * ranks * (ranks - 1);
  if (server)
    result.downlink = (ranks - 1) * block_bytes({format.codec, ops::ValueType::float32}, sum);
  return result;
}

// body(exchange) on a thread a rank.
template <class Body>
void on_exchanges(int ranks, Body body) {
  Communicators group = make_thread_group(ranks);
  std::vector<std::thread> threads;
  for (auto& communicator : group)
    threads.emplace_back([&, mine = std::move(communicator)]() mutable {
      Exchange exchange(std::move(mine), options_with("dense"));
      body(exchange);
    });
  for (std::thread& thread : threads) thread.join();
}

void write_fresh(LazySum& sum, const Hosted& hosted, int step, const PairFormat& format) {
  for (int m = hosted.rank; m < hosted.sites; m += hosted.ranks) {
    sum.set(m, is_fresh_at(m, step) ? LazySum::fresh : LazySum::stale);
    if (!is_fresh_at(m, step)) continue;
    const ops::SparseVector fresh = message_of(m, step, format);
    sum.message(m).indices.assign(fresh.indices.begin(), fresh.indices.end());
    sum.message(m).values.assign(fresh.values.begin(), fresh.values.end());
  }
}

TEST(TheLazySum, IsThatOfTheLastMessagesWithBytesByFormula) {
  for (const bool server : {false, true})
    for (const PairFormat& format : {plain_pairs, small_pairs})
      for (const int ranks : {1, 2, 3, 5}) {
        constexpr int workers = 7, steps = 12;
        std::mutex mutex;
        std::vector<std::map<std::string, int64_t>> sent(steps);
        on_exchanges(ranks, [&](Exchange& exchange) {
          const Hosted hosted{exchange.rank(), ranks, workers};
          LazySum sum(exchange, hosted, elements, format, server);
          sum.allocate(most_pairs);
          std::vector<ops::SparseVector> last(workers);
          std::map<std::string, int64_t> before;
          for (int step = 0; step < steps; ++step) {
            for (int m = 0; m < workers; ++m)
              if (is_fresh_at(m, step)) last[m] = message_of(m, step, format);
            write_fresh(sum, hosted, step, format);
            EXPECT_TRUE(sum.share_flags());
            const ops::SparseVector& all = sum.sum();
            std::vector<float> dense(elements);
            for (int64_t i = 0; i < all.size(); ++i) dense[all.indices[i]] = all.values[i];
            const Expected should = expected(last, step, ranks, format, server);
            EXPECT_EQ(dense, should.sum) << ranks << " ranks, step " << step;
            for (int m = 0; m < workers; ++m) EXPECT_EQ(sum.is_fresh(m), is_fresh_at(m, step));
            for (int m = hosted.rank; m < workers; m += ranks)
              EXPECT_EQ(sum.message_bytes(m),
                        is_fresh_at(m, step) ? block_bytes(format, last[m]) : 0);
            if (server && ranks > 1) {
              EXPECT_EQ(sum.downlink_bytes() * (ranks - 1), should.downlink);
            }
            const std::lock_guard lock(mutex);
            for (const auto& [purpose, bytes] : exchange.sent_by_phase())
              sent[step][purpose] += bytes - before[purpose];
            before = exchange.sent_by_phase();
          }
        });
        std::vector<ops::SparseVector> last(workers);
        for (int step = 0; step < steps; ++step) {
          for (int m = 0; m < workers; ++m)
            if (is_fresh_at(m, step)) last[m] = message_of(m, step, format);
          const Expected should = expected(last, step, ranks, format, server);
          EXPECT_EQ(sent[step]["flags"], should.flags) << ranks << " ranks, step " << step;
          EXPECT_EQ(sent[step]["messages"], should.messages) << ranks << " ranks, step " << step;
          EXPECT_EQ(sent[step]["downlink"], should.downlink) << ranks << " ranks, step " << step;
          EXPECT_EQ(sent[step].size(), 3u);
        }
      }
}

TEST(TheLazySum, IsToldOfAFailureOnEveryRank) {
  on_exchanges(3, [&](Exchange& exchange) {
    const Hosted hosted{exchange.rank(), 3, 5};
    LazySum sum(exchange, hosted, elements, small_pairs, false);
    sum.allocate(most_pairs);
    write_fresh(sum, hosted, 0, small_pairs);
    EXPECT_TRUE(sum.share_flags());
    if (hosted.has(4)) sum.set(4, LazySum::failed);
    EXPECT_FALSE(sum.share_flags());
  });
}

TEST(TheLazySum, AllocatesNothingInSteadyState) {
  for (const bool server : {false, true}) {
    int64_t counted = -1;
    on_exchanges(2, [&](Exchange& exchange) {
      const Hosted hosted{exchange.rank(), 2, 5};
      LazySum sum(exchange, hosted, elements, small_pairs, server);
      sum.allocate(most_pairs);
      std::vector<ops::SparseVector> fresh;
      for (int m = 0; m < 5; ++m) fresh.push_back(message_of(m, 0, small_pairs));
      const auto steps = [&] {
        for (int step = 0; step < 10; ++step) {
          for (int m = hosted.rank; m < 5; m += 2) {
            sum.set(m, is_fresh_at(m, step) ? LazySum::fresh : LazySum::stale);
            if (!is_fresh_at(m, step)) continue;
            sum.message(m).indices.assign(fresh[m].indices.begin(), fresh[m].indices.end());
            sum.message(m).values.assign(fresh[m].values.begin(), fresh[m].values.end());
          }
          sum.share_flags();
          sum.sum();
        }
      };
      steps();
      exchange.barrier();
      if (hosted.rank == 0) start_counting();
      exchange.barrier();
      steps();
      exchange.barrier();
      if (hosted.rank == 0) counted = stop_counting();
      exchange.barrier();
    });
    EXPECT_EQ(counted, 0) << (server ? "server" : "serverless");
  }
}

}  // namespace
}  // namespace laconic::comm::test
