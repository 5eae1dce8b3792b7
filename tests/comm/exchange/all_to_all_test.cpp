// Messages of different lengths between all ranks, against what each pair should have sent.
#include "comm/exchange/all_to_all.hpp"

#include <gtest/gtest.h>

#include "tests/comm/allocations.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

// Some pairs have nothing to send; the lengths differ in both directions.
size_t bytes_between(int from, int to) {
  return from == to || (from + to) % 3 == 2 ? 0 : 10 * from + to + 1;
}
std::byte byte_of(int from, int to, size_t i) {
  return static_cast<std::byte>(37 * from + 11 * to + i);
}

struct Mail {
  std::vector<std::vector<std::byte>> out, in;
  Mail(int rank, int ranks) : out(ranks), in(ranks) {
    for (int peer = 0; peer < ranks; ++peer) {
      for (size_t i = 0; i < bytes_between(rank, peer); ++i)
        out[peer].push_back(byte_of(rank, peer, i));
      in[peer].resize(bytes_between(peer, rank));
    }
  }
  void hand_to(AllToAll& job) {
    for (size_t peer = 0; peer < out.size(); ++peer) {
      job.send(static_cast<int>(peer), out[peer]);
      job.receive(static_cast<int>(peer), in[peer]);
    }
  }
};

TEST(AllToAllMessages, ArriveWholeAndAreCountedByPurpose) {
  for (const int ranks : {1, 2, 3, 5, 8})
    run_ranks_well(ranks, [&](Communicator& communicator) {
      const int rank = communicator.rank();
      Mail mail(rank, ranks);
      AllToAll job(ranks);
      mail.hand_to(job);
      job.run(communicator);
      int64_t bytes = 0, messages = 0;
      for (int peer = 0; peer < ranks; ++peer) {
        for (size_t i = 0; i < mail.in[peer].size(); ++i)
          ASSERT_EQ(mail.in[peer][i], byte_of(peer, rank, i));
        bytes += static_cast<int64_t>(bytes_between(rank, peer));
        messages += bytes_between(rank, peer) > 0 ? 1 : 0;
      }
      EXPECT_EQ(communicator.traffic().bytes_sent, bytes);
      EXPECT_EQ(communicator.traffic().messages_sent, messages);
    });
}

TEST(AllToAllMessages, GoThroughTheCommunicationThread) {
  const int ranks = 3;
  Communicators group = make_thread_group(ranks);
  std::vector<std::thread> threads;
  for (auto& communicator : group)
    threads.emplace_back([&, mine = std::move(communicator)]() mutable {
      Exchange exchange(std::move(mine), options_with("dense"));
      Mail mail(exchange.rank(), ranks);
      AllToAll job(ranks);
      int64_t sent = 0;
      for (const auto& out : mail.out) sent += std::ssize(out);
      for (int round = 1; round <= 2; ++round) {
        mail.hand_to(job);
        exchange.start(job, "letters");
        exchange.finish();
        EXPECT_EQ(exchange.sent_by_phase()["letters"], round * sent);
      }
      EXPECT_EQ(exchange.gradient_traffic().bytes_sent, 2 * sent);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace laconic::comm::test
