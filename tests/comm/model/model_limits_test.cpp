// The model transport where runs go wrong or grow large: it finds deadlocks, hands on errors, and
// bears thousands of ranks.
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <ctime>

#include "comm/base/collectives.hpp"
#include "comm/model/model.hpp"
#include "tests/comm/group.hpp"
#include "tests/comm/model/model_link.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

// The message of the Error(communication) that ends the run.
template <class Body>
std::string failure_of(int ranks, Body body) {
  try {
    run_model(ranks, link, body);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::communication);
    return error.what();
  }
  return "";
}

TEST(Model, NamesTheRanksOfADeadlock) {
  EXPECT_EQ(failure_of(4,
                       [](Communicator& c) {
                         if (c.rank() < 3) receive_bytes(c, (c.rank() + 1) % 3, 8);
                       }),
            "deadlock of 3 ranks: rank 0 receives from rank 1 (tag reduce, 8 bytes); rank 1 "
            "receives from rank 2 (tag reduce, 8 bytes); rank 2 receives from rank 0 (tag reduce, "
            "8 bytes)");
  // Both send first: nothing that may be relied upon.
  EXPECT_EQ(failure_of(2,
                       [](Communicator& c) {
                         send_bytes(c, 1 - c.rank(), 9);
                         receive_bytes(c, 1 - c.rank(), 9);
                       }),
            "deadlock of 2 ranks: rank 0 sends to rank 1 (tag reduce, 9 bytes); rank 1 sends to "
            "rank 0 (tag reduce, 9 bytes)");
  // Ranks that wait for the circle without being part of it; a wrong tag; a split.
  EXPECT_EQ(failure_of(4,
                       [](Communicator& c) {
                         if (c.rank() < 2) c.next_size(c.rank() + 1, gather_tag);
                         if (c.rank() == 2) c.split(0, 0);
                         if (c.rank() == 3) receive_bytes(c, 2, 1);
                       }),
            "deadlock of 3 ranks: rank 0 receives from rank 1 (tag gather, unknown size); rank 1 "
            "receives from rank 2 (tag gather, unknown size); rank 2 splits, rank 0 does not");
  EXPECT_THAT(failure_of(100, [](Communicator& c) { receive_bytes(c, (c.rank() + 1) % 100, 1); }),
              AllOf(HasSubstr("deadlock of 100 ranks"), HasSubstr("; rank 7 "), HasSubstr("; ..."),
                    testing::Not(HasSubstr("; rank 8 "))));
}

TEST(Model, RethrowsTheFirstExceptionOfARank) {
  std::vector<std::string> ends(5);
  const auto body = [&](ModelCommunicator& c) {
    try {
      if (c.rank() == 3) {
        c.advance(1);
        fail(ExitCode::data, "rank 3: a damaged file");
      }
      if (c.rank() == 4) return;
      std::vector<float> values(10);
      make_ring()->sum(c, values, 0);
    } catch (const Error& error) {
      ends[c.rank()] = error.what();
      throw;
    }
  };
  try {
    run_model(5, link, body);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_STREQ(error.what(), "rank 3: a damaged file");
  }
  for (const int rank : {0, 1, 2}) EXPECT_THAT(ends[rank], HasSubstr("failed or ended")) << rank;
}

TEST(Model, ARankMayWaitWhileItHandlesAnException) {
  int handled = 0;
  run_model(3, link, [&](Communicator& c) {
    try {
      throw std::runtime_error(fmt::format("of rank {}", c.rank()));
    } catch (const std::exception& e) {
      Scratch scratch;
      std::vector<int64_t> values = {1};
      max(c, values, scratch);  // others throw and catch meanwhile
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      try {
        throw;
      } catch (const std::exception& again) {
        EXPECT_EQ(again.what(), fmt::format("of rank {}", c.rank()));
        ++handled;
      }
    }
  });
  EXPECT_EQ(handled, 3);
}

TEST(Model, NothingTouchesTheMemoryOfARankThatHasFailed) {
  std::string failed;
  try {
    run_model(3, link, [&](ModelCommunicator& c) {
      if (c.rank() == 0) {
        std::vector<std::byte> memory(1000);
        c.receive(1, reduce_tag, memory);
        c.send(2, reduce_tag, memory);
        fail(ExitCode::data, "after posting");
      }
      c.advance(1);
      try {
        c.rank() == 1 ? send_bytes(c, 0, 1000) : receive_bytes(c, 0, 1000);
      } catch (const Error& error) {
        failed += error.what();
        throw;
      }
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "after posting");
  }
  EXPECT_THAT(failed,
              AllOf(HasSubstr("rank 1 sends to rank 0"), HasSubstr("rank 2 receives from rank 0")));
}

// Sanitizers keep a shadow of every stack: fewer ranks there, and no word on time. Processor time,
// as others may use the machine.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int shrink = 16;
constexpr double most_s = 1e9;
#else
constexpr int shrink = 1;
constexpr double most_s = 15;
#endif

double processor_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST(Model, BearsThousandsOfRanks) {
  constexpr int ranks = 4096 / shrink;
  const double start_s = processor_s();
  const int rounds = std::bit_width(static_cast<unsigned>(ranks)) - 1;
  const ModelResult result = run_model(ranks, link, [&](ModelCommunicator& c) {
    std::vector<double> values = {1.0 * c.rank(), 1};
    Scratch scratch;
    for (int step = 0; step < 10; ++step) sum(c, values, scratch);
    const double before = c.now();
    const std::vector<std::string> texts = gather(c, "from all");
    if (c.rank() != 0) return;
    EXPECT_EQ(std::ssize(texts), ranks);
    // A text leaves when the length before it is received: one after the other.
    EXPECT_GE(c.now() - before, (ranks - 1) * alpha);
    EXPECT_LT(c.now() - before, ranks * (alpha + 16 * beta));
  });
  EXPECT_GE(result.seconds(), 10 * rounds * (alpha + 16 * beta));
  EXPECT_LT(processor_s() - start_s, most_s);
}

// Every rank sends to every other, rank + 1 first, a few at once.
TEST(Model, BearsAMillionMessages) {
  constexpr int ranks = 1024 / shrink;
  const double start_s = processor_s();
  const ModelResult result = run_model(ranks, link, [](Communicator& c) {
    constexpr int at_once = 4;
    std::vector<int> in(at_once);
    const int mine = c.rank();
    for (int first = 1; first < ranks; first += at_once) {
      Request incoming[at_once];
      Request outgoing[at_once];
      const int count = std::min(at_once, ranks - first);
      const auto sender = [&](int i) { return (mine + ranks - first - i) % ranks; };
      for (int i = 0; i < count; ++i)
        incoming[i] =
            c.receive(sender(i), reduce_tag, std::as_writable_bytes(std::span(&in[i], 1)));
      for (int i = 0; i < count; ++i)
        outgoing[i] =
            c.send((mine + first + i) % ranks, reduce_tag, std::as_bytes(std::span(&mine, 1)));
      for (int i = 0; i < count; ++i) {
        c.wait(incoming[i]);
        ASSERT_EQ(in[i], sender(i));
        c.wait(outgoing[i]);
      }
    }
  });
  for (const ModelResult::Rank& rank : result.ranks)
    EXPECT_EQ(rank.traffic.messages_received, ranks - 1);
  EXPECT_LT(processor_s() - start_s, most_s);
}

}  // namespace
}  // namespace laconic::comm::test
