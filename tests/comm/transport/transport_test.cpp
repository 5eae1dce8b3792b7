// What every transport within one process promises of its messages: order, sizes, counts, and
// errors that say who waited for whom. MPI's turn is in tests/mpi.
#include <gmock/gmock.h>

#include <numeric>

#include "comm/model/model.hpp"
#include "comm/sparse/tags.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Body = std::function<void(Communicator&)>;

std::vector<std::string> run_on_model(int ranks, const Body& body, double) {
  std::vector<std::string> errors(ranks);
  try {
    run_model(ranks, {.latency_s = 1e-4, .bytes_per_s = 1e9}, [&](Communicator& c) {
      try {
        body(c);
      } catch (const std::exception& e) {
        errors[c.rank()] = e.what();
        throw;
      }
    });
  } catch (const std::exception& e) {  // that of the rank that failed first
    EXPECT_THAT(errors, Contains(e.what()));
  }
  return errors;
}

// Runs the body on each rank and gives the error of each, as run_ranks() does.
struct Transport {
  const char* name;
  std::vector<std::string> (*run)(int ranks, const Body& body, double timeout_s);
};

const Transport transports[] = {
    {"thread", [](int ranks, const Body& body,
                  double timeout_s) { return run_ranks(ranks, body, timeout_s); }},
    {"shaped",
     [](int ranks, const Body& body, double timeout_s) {
       return run_ranks(make_shaped_group(ranks, {.latency_s = 1e-4, .bytes_per_s = 1e9}), body,
                        timeout_s);
     }},
    {"model", run_on_model},
};

class EveryTransport : public testing::TestWithParam<Transport> {
 protected:
  std::vector<std::string> run(int ranks, const Body& body, double timeout_s = 60) {
    return GetParam().run(ranks, body, timeout_s);
  }
  void run_well(int ranks, const Body& body) {
    for (const std::string& error : run(ranks, body)) EXPECT_EQ(error, "");
  }
};
INSTANTIATE_TEST_SUITE_P(List, EveryTransport, testing::ValuesIn(transports),
                         [](const auto& test) { return std::string(test.param.name); });

// Sends and waits, without a word of what is in the message.
void send_bytes(Communicator& c, int peer, Tag tag, size_t bytes) {
  const std::vector<std::byte> memory(bytes);
  c.wait(c.send(peer, tag, memory));
}

void receive_bytes(Communicator& c, int peer, Tag tag, size_t bytes) {
  std::vector<std::byte> memory(bytes);
  c.wait(c.receive(peer, tag, memory));
}

TEST_P(EveryTransport, KeepsTheOrderOfMessagesWithOneTag) {
  constexpr int count = 50;
  run_well(3, [&](Communicator& c) {
    const int right = (c.rank() + 1) % 3;
    const int left = (c.rank() + 2) % 3;
    std::vector<int> out(2 * count);
    std::iota(out.begin(), out.end(), 1000 * c.rank());
    std::vector<int> in(2 * count);
    std::vector<Request> requests;
    for (int i = 0; i < count; ++i)
      for (const int tag : {3, 4}) {
        const int at = (tag - 3) * count + i;
        requests.push_back(c.send(right, tag, std::as_bytes(std::span(&out[at], 1))));
      }
    for (const int tag : {4, 3})  // not the order of sending: tags do not wait for each other
      for (int i = 0; i < count; ++i)
        requests.push_back(
            c.receive(left, tag, std::as_writable_bytes(std::span(&in[(tag - 3) * count + i], 1))));
    while (!requests.empty()) {  // nor the order of waiting
      c.wait(requests.back());
      requests.pop_back();
    }
    for (int i = 0; i < 2 * count; ++i) EXPECT_EQ(in[i], 1000 * left + i);
  });
}

TEST_P(EveryTransport, CountsEachMessageOnceUnderItsTag) {
  run_well(2, [](Communicator& c) {
    const int peer = 1 - c.rank();
    constexpr int unnamed = 777;
    const auto exchange = [&](Tag tag, size_t bytes) {
      std::vector<std::byte> in(bytes);
      const std::vector<std::byte> out(bytes);
      const Request incoming = c.receive(peer, tag, in);
      const Request outgoing = c.send(peer, tag, out);
      c.wait(incoming);
      c.wait(outgoing);
    };
    exchange(reduce_tag, 100);
    exchange(reduce_tag, 0);
    exchange(select_tag, 30);
    exchange(unnamed, 5);
    const auto expect = [](const Traffic& traffic, int64_t bytes, int64_t messages) {
      EXPECT_EQ(traffic.bytes_sent, bytes);
      EXPECT_EQ(traffic.bytes_received, bytes);
      EXPECT_EQ(traffic.messages_sent, messages);
      EXPECT_EQ(traffic.messages_received, messages);
    };
    expect(c.traffic(reduce_tag), 100, 2);
    expect(c.traffic(select_tag), 30, 1);
    expect(c.traffic(gather_tag), 0, 0);
    expect(c.traffic(unnamed), 5, 1);
    expect(c.traffic(), 135, 4);
  });
}

TEST_P(EveryTransport, TellsTheSizeOfTheNextMessage) {
  const std::vector<size_t> sizes = {7, 0, 100000, 1};
  run_well(3, [&](Communicator& c) {
    if (c.rank() != 0) {
      for (const size_t size : sizes) send_bytes(c, 0, reduce_tag, size + c.rank());
      send_bytes(c, 0, gather_tag, 3);
      return;
    }
    const auto size_of_next = [&](int peer, Tag tag) {
      const int64_t size = c.next_size(peer, tag);
      EXPECT_EQ(c.next_size(peer, tag), size);  // it is still there
      return size;
    };
    for (const size_t size : sizes)
      for (const int peer : {2, 1}) {
        ASSERT_EQ(size_of_next(peer, reduce_tag), static_cast<int64_t>(size) + peer);
        receive_bytes(c, peer, reduce_tag, size + peer);
      }
    for (const int peer : {1, 2}) {
      ASSERT_EQ(size_of_next(peer, gather_tag), 3);
      receive_bytes(c, peer, gather_tag, 3);
    }
    EXPECT_EQ(c.traffic().messages_received, 10);
    EXPECT_EQ(c.traffic().bytes_received, 2 * 100008 + 4 * 3 + 6);
  });
}

TEST_P(EveryTransport, TellsTheSizeOfAMessageAfterReceivesWithoutAsking) {
  run_well(2, [](Communicator& c) {
    for (int round = 0; round < 3; ++round) {
      if (c.rank() == 0) {
        for (const size_t size : {5, 6, 8}) send_bytes(c, 1, reduce_tag, size);
        continue;
      }
      receive_bytes(c, 0, reduce_tag, 5);
      EXPECT_EQ(c.next_size(0, reduce_tag), 6);
      receive_bytes(c, 0, reduce_tag, 6);
      receive_bytes(c, 0, reduce_tag, 8);
    }
  });
}

TEST_P(EveryTransport, SaysWhoseSizeItAwaitedWhenThatRankDied) {
  const std::vector<std::string> errors = run(3, [](Communicator& c) {
    if (c.rank() == 2) send_bytes(c, 0, reduce_tag, 9);
    if (c.rank() != 0) return;
    EXPECT_EQ(c.next_size(2, reduce_tag), 9);
    receive_bytes(c, 2, reduce_tag, 9);
    c.next_size(2, gather_tag);
  });
  EXPECT_THAT(errors[0], AllOf(HasSubstr("rank 0 receives from rank 2 (tag gather, unknown size)"),
                               HasSubstr("failed or ended; waited ")));
}

TEST_P(EveryTransport, SaysWhatItAwaitedWhenARankDied) {
  const std::vector<std::string> errors = run(3, [](Communicator& c) {
    if (c.rank() == 0) receive_bytes(c, 2, count_tag, 9);
    if (c.rank() == 1) send_bytes(c, 2, 5000, 11);
  });
  EXPECT_THAT(errors[0], HasSubstr("rank 0 receives from rank 2 (tag count, 9 bytes): that rank "
                                   "has failed or ended; waited "));
  EXPECT_THAT(errors[1], HasSubstr("rank 1 sends to rank 2 (tag 5000, 11 bytes)"));
}

TEST_P(EveryTransport, SaysThatLengthsDiffer) {
  const std::vector<std::string> errors = run(2, [](Communicator& c) {
    if (c.rank() == 0) receive_bytes(c, 1, reduce_tag, 40);
    if (c.rank() == 1) send_bytes(c, 0, reduce_tag, 41);
  });
  EXPECT_THAT(errors, Contains(AllOf(HasSubstr("rank 0"), HasSubstr("rank 1"), HasSubstr("40"),
                                     HasSubstr("41"), HasSubstr("lengths must agree"))));
}

TEST_P(EveryTransport, RefusesPeersThatAreNone) {
  for (const int peer : {-1, 2, 0}) {
    const std::vector<std::string> errors = run(2, [&](Communicator& c) {
      if (c.rank() != 0) return;
      EXPECT_THROW(send_bytes(c, peer, 1, 0), Error);
      EXPECT_THROW(receive_bytes(c, peer, 1, 0), Error);
      c.next_size(peer, 1);
    });
    EXPECT_THAT(errors[0], HasSubstr(fmt::format("rank 0 of 2, peer {}", peer)));
  }
}

// Waits on a thread of its own, in real time.
TEST(Thread, ATimeoutEndsTheWaitForASize) {
  std::atomic<bool> over = false;
  const auto errors = run_ranks(
      2,
      [&](Communicator& c) {
        if (c.rank() == 1) {
          while (!over) std::this_thread::yield();
          return;
        }
        try {
          c.next_size(1, gather_tag);
        } catch (...) {
          over = true;
          throw;
        }
      },
      0.2);
  EXPECT_THAT(errors,
              ElementsAre(StartsWith("rank 0 receives from rank 1 (tag gather, unknown size): "
                                     "waited 0.2 s, since "),
                          ""));
}

TEST(Thread, AnInterruptEndsTheWaitForASize) {
  Communicators group = make_thread_group(2);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    group[0]->interrupt();
  });
  try {
    group[0]->next_size(1, gather_tag);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("interrupted; waited "));
  }
  other.join();
}

TEST(Tags, HaveTheNamesOfThoseWhoSend) {
  EXPECT_EQ(agreement_tag.text(), "agreement");
  EXPECT_EQ(count_tag.text(), "count");
  EXPECT_EQ(Tag(16, "weights").text(), "weights");
  EXPECT_EQ(Tag(0).text(), "0");
  EXPECT_EQ(Tag(11).text(), "11");
  EXPECT_EQ(Tag(-4).text(), "-4");
}

TEST_P(EveryTransport, CountsAndNamesTagsOfItsUsers) {
  constexpr Tag weights(16, "weights");
  const std::vector<std::string> errors = run(2, [&](Communicator& c) {
    if (c.rank() == 0) send_bytes(c, 1, weights, 9);
    if (c.rank() == 1) receive_bytes(c, 0, weights, 9);
    EXPECT_EQ(c.traffic(weights).messages_sent, c.rank() == 0 ? 1 : 0);
    EXPECT_THROW(send_bytes(c, 1 - c.rank(), Tag(16, "biases"), 1), Error);  // the number is taken
    if (c.rank() == 1) receive_bytes(c, 0, weights, 9);                      // rank 0 has ended
  });
  EXPECT_THAT(errors[1], HasSubstr("receives from rank 0 (tag weights, 9 bytes)"));
}

}  // namespace
}  // namespace laconic::comm::test
