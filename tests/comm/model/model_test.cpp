// The model transport: its times are those of the formulas to the last bit (with alpha and beta
// powers of two all sums are exact), and its data are real.
#include "comm/model/model.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <ctime>

#include "comm/base/collectives.hpp"
#include "comm/sparse/tags.hpp"
#include "tests/comm/group.hpp"
#include "tests/comm/model/model_link.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

// Seconds of each rank.
template <class Body>
std::vector<double> seconds_of(int ranks, Body body) {
  std::vector<double> seconds;
  for (const ModelResult::Rank& rank : run_model(ranks, link, body).ranks)
    seconds.push_back(rank.seconds);
  return seconds;
}

TEST(Model, AMessageTakesAlphaAndItsBytes) {
  EXPECT_THAT(seconds_of(2,
                         [](Communicator& c) {
                           c.rank() == 0 ? send_bytes(c, 1, 100) : receive_bytes(c, 0, 100);
                         }),
              ElementsAre(100 * beta, alpha + 100 * beta));
}

TEST(Model, MessagesQueueOnTheWayOutAndOnTheWayIn) {
  EXPECT_THAT(seconds_of(4,
                         [](Communicator& c) {
                           if (c.rank() > 0) return receive_bytes(c, 0, 100);
                           const std::vector<std::byte> memory(100);
                           std::vector<Request> requests;
                           for (const int peer : {2, 1, 3})
                             requests.push_back(c.send(peer, reduce_tag, memory));
                           for (const Request request : requests) c.wait(request);
                         }),
              ElementsAre(300 * beta, alpha + 200 * beta, alpha + 100 * beta, alpha + 300 * beta));
  EXPECT_THAT(
      seconds_of(4,
                 [](Communicator& c) {
                   if (c.rank() > 0) return send_bytes(c, 0, 100);
                   std::vector<std::byte> memory(300);
                   std::vector<Request> requests;
                   for (const int peer : {3, 1, 2})
                     requests.push_back(c.receive(
                         peer, reduce_tag, std::span(memory).subspan(100 * (peer - 1), 100)));
                   for (const Request request : requests) c.wait(request);
                 }),
      ElementsAre(alpha + 300 * beta, 100 * beta, 100 * beta, 100 * beta));
}

TEST(Model, ComputationOverlapsWithMessages) {
  run_model(2, link, [](ModelCommunicator& c) {
    std::vector<std::byte> memory(100);
    if (c.rank() == 0) {
      c.advance(1);
      const Request request = c.send(1, reduce_tag, memory);
      c.advance(alpha);  // longer than the message takes to leave
      c.wait(request);
      EXPECT_EQ(c.now(), 1 + alpha);
    } else {
      const Request request = c.receive(0, reduce_tag, memory);
      c.advance(0.5);
      EXPECT_EQ(c.now(), 0.5);
      c.wait(request);
      EXPECT_EQ(c.now(), 1 + alpha + 100 * beta);
      c.advance(0);
    }
  });
}

TEST(Model, ASendEndsWhenItsReceiveIsPosted) {
  EXPECT_THAT(seconds_of(2,
                         [](ModelCommunicator& c) {
                           if (c.rank() == 0) return send_bytes(c, 1, 100);
                           c.advance(1);  // the message has long been there
                           receive_bytes(c, 0, 100);
                         }),
              ElementsAre(1, 1));
}

TEST(Model, TheSizeIsKnownWhenTheMessageHasPassed) {
  run_model(2, link, [](ModelCommunicator& c) {
    if (c.rank() == 0) {
      c.advance(1);
      return send_bytes(c, 1, 64);
    }
    EXPECT_EQ(c.next_size(0, reduce_tag), 64);
    EXPECT_EQ(c.now(), 1 + alpha + 64 * beta);
    receive_bytes(c, 0, 64);
    EXPECT_EQ(c.now(), 1 + alpha + 64 * beta);
  });
}

TEST(Model, ARingTakesItsClosedForm) {
  for (const int ranks : {1, 2, 3, 7, 16, 100}) {
    const int64_t n = 64 * ranks;
    EXPECT_THAT(seconds_of(ranks,
                           [&](Communicator& c) {
                             std::vector<float> values(n, 1);
                             make_ring()->sum(c, values, 0);
                             EXPECT_EQ(values, std::vector<float>(n, static_cast<float>(ranks)));
                           }),
                Each(2 * (ranks - 1) * (alpha + 256 * beta)))
        << ranks;
  }
}

TEST(Model, RecursiveDoublingTakesItsClosedForm) {
  for (int rounds = 0; rounds <= 8; ++rounds)
    EXPECT_THAT(seconds_of(1 << rounds,
                           [&](Communicator& c) {
                             std::vector<double> values(100, 1);
                             Scratch scratch;
                             sum(c, values, scratch);
                             EXPECT_EQ(values, std::vector<double>(100, 1 << rounds));
                           }),
                Each(rounds * (alpha + 800 * beta)));
}

TEST(Model, RabenseifnerTakesItsClosedForm) {
  for (int rounds = 3; rounds <= 8; ++rounds) {
    const int ranks = 1 << rounds;
    EXPECT_THAT(seconds_of(ranks,
                           [&](Communicator& c) {
                             std::vector<uint32_t> values(32 * ranks, 1);
                             Scratch scratch;
                             sum(c, values, scratch, select_tag);
                             EXPECT_EQ(values, std::vector<uint32_t>(32 * ranks, ranks));
                           }),
                Each(2 * rounds * alpha + 2 * 128 * (ranks - 1) * beta));
  }
}

// A rank has the message as many times alpha after the root as its number has bits, while every
// message that had to leave before costs its bytes.
TEST(Model, ABinomialTreeTakesItsClosedForm) {
  for (const int ranks : {1, 2, 3, 8, 11, 64, 100}) {
    std::vector<double> arrived(ranks);
    run_model(ranks, link, [&](ModelCommunicator& c) {
      std::vector<std::byte> memory(100);
      broadcast(c, memory, 0);
      arrived[c.rank()] = c.now();
    });
    for (int rank = 1; rank < ranks; ++rank) {
      const auto bits = static_cast<unsigned>(rank);
      const double sends = [&] {  // of this rank itself, after its own arrival
        int count = 0;
        for (int child = 2 * static_cast<int>(std::bit_floor(bits)); rank + child < ranks;
             child *= 2)
          ++count;
        return count;
      }();
      EXPECT_EQ(arrived[rank],
                std::popcount(bits) * alpha + (std::bit_width(bits) + sends) * 100 * beta)
          << rank << " of " << ranks;
    }
  }
}

// Random messages against the text of comm/model/model.hpp, spelled out with a sort.
TEST(Model, TakesTheTimesOfItsDefinition) {
  struct Message {
    int from, to;
    double sent;  // on the clock of the sender
    int64_t bytes;
    double starts = 0, passes = 0;
  };
  std::mt19937 random(3);
  std::uniform_real_distribution<double> pause(0, 100 * beta);  // no ties
  for (int round = 0; round < 30; ++round) {
    constexpr int ranks = 7;
    std::vector<Message> messages;
    for (int from = 0; from < ranks; ++from) {
      double clock = 0;
      double way_out_free = 0;
      for (int i = 0; i < 20; ++i) {
        clock += pause(random);
        const int to = static_cast<int>(from + 1 + random() % (ranks - 1)) % ranks;
        Message message{from, to, clock, static_cast<int64_t>(random() % 150)};
        message.starts = std::max(clock, way_out_free);
        way_out_free = message.starts + static_cast<double>(message.bytes) * beta;
        messages.push_back(message);
      }
    }
    std::vector<Message*> by_start;
    for (Message& message : messages) by_start.push_back(&message);
    std::ranges::stable_sort(by_start, {}, &Message::starts);
    std::vector<double> way_in_free(ranks);
    for (Message* message : by_start) {
      double& free = way_in_free[message->to];
      message->passes =
          std::max(message->starts + alpha, free) + static_cast<double>(message->bytes) * beta;
      free = message->passes;
    }
    run_model(ranks, link, [&](ModelCommunicator& c) {
      const std::vector<std::byte> out(150);
      std::vector<Request> sends;
      for (const Message& message : messages)
        if (message.from == c.rank()) {
          c.advance(message.sent - c.now());
          EXPECT_NEAR(c.now(), message.sent, 1e-12);
          sends.push_back(c.send(message.to, reduce_tag, std::span(out).first(message.bytes)));
        }
      const double busy = c.now();
      for (const Message* message : by_start)
        if (message->to == c.rank()) {
          EXPECT_EQ(c.next_size(message->from, reduce_tag), message->bytes);
          EXPECT_NEAR(c.now(), std::max(busy, message->passes), 1e-12);
          receive_bytes(c, message->from, message->bytes);
        }
      for (const Request send : sends) c.wait(send);
    });
  }
}

TEST(Model, GivesTheSumsOfTheThreadTransportAndTheSameTimesEveryRun) {
  const Vectors vectors = reals(6, 1003);
  const SumResult threads = sum(make_ring, vectors);
  std::vector<double> seconds;
  for (int run = 0; run < 3; ++run) {
    Vectors sums = vectors;
    const ModelResult result =
        run_model(6, {.latency_s = 1e-5, .bytes_per_s = 3e8},
                  [&](Communicator& c) { make_ring()->sum(c, sums[c.rank()], 0); });
    for (int rank = 0; rank < 6; ++rank) {
      EXPECT_TRUE(same_bits(sums[rank], threads.sums[0]));
      EXPECT_EQ(result.ranks[rank].traffic.bytes_sent, threads.traffic[rank].bytes_sent);
      if (run > 0) {
        EXPECT_EQ(result.ranks[rank].seconds, seconds[rank]);
      }
    }
    seconds.clear();
    for (const auto& rank : result.ranks) seconds.push_back(rank.seconds);
    EXPECT_EQ(result.seconds(), *std::ranges::max_element(seconds));
  }
}

TEST(Model, SplitsAndCountsWhatAllGroupsMoved) {
  const ModelResult result = run_model(6, link, [&](ModelCommunicator& c) {
    c.advance(c.rank());
    const bool odd = c.rank() % 2 == 1;
    const auto part = c.split(odd ? 1 : 0, odd ? -c.rank() : 7);
    EXPECT_EQ(c.now(), 5);  // the latest
    EXPECT_EQ(part->size(), 3);
    EXPECT_EQ(part->rank(), odd ? (5 - c.rank()) / 2 : c.rank() / 2);
    std::vector<float> values = {1};
    make_ring()->sum(*part, values, 0);
    EXPECT_EQ(values[0], 3);
    make_ring()->sum(c, values, 0);
    EXPECT_EQ(values[0], 18);
    const auto alone = part->split(part->rank(), 0);
    EXPECT_EQ(alone->size(), 1);
    const auto again = c.split(0, 0);
    EXPECT_EQ(again->rank(), c.rank());
  });
  EXPECT_EQ(result.ranks[0].traffic.messages_sent, 2 * 2 + 2 * 5);
  EXPECT_EQ(result.ranks[0].by_tag[reduce_tag].messages_sent, 2 + 5);
  EXPECT_EQ(result.ranks[0].by_tag[select_tag].messages_sent, 0);
}

}  // namespace
}  // namespace laconic::comm::test
