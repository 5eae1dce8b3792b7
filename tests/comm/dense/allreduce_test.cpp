// Every algorithm of the list, on threads: right, the same bits everywhere and always, counted, and
// mortal.
#include <gmock/gmock.h>

#include <chrono>
#include <limits>

#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const int all_ranks[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16};

class EveryAllreduce : public testing::TestWithParam<AllreduceEntry> {};
INSTANTIATE_TEST_SUITE_P(List, EveryAllreduce, testing::ValuesIn(counted_algorithms()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(EveryAllreduce, SumsLikeRefWithTheSameBitsOnAllRanks) {
  for (const int ranks : all_ranks)
    for (const int64_t n : awkward_lengths(ranks))
      EXPECT_EQ(problems(maker(GetParam()), ranks, n), "");
}

TEST_P(EveryAllreduce, CountsWhatItsFormulaSays) {
  for (const int ranks : all_ranks)
    for (const int64_t n : awkward_lengths(ranks)) {
      const SumResult result = sum(maker(GetParam()), integers(ranks, n));
      for (int rank = 0; rank < ranks; ++rank) {
        const Traffic expected = GetParam().traffic({}, n, rank, ranks);
        const Traffic& counted = result.traffic[rank];
        EXPECT_EQ(counted.bytes_sent, expected.bytes_sent) << ranks << " " << n;
        EXPECT_EQ(counted.bytes_received, expected.bytes_received) << ranks << " " << n;
        EXPECT_EQ(counted.messages_sent, expected.messages_sent) << ranks << " " << n;
        EXPECT_EQ(counted.messages_received, expected.messages_received) << ranks << " " << n;
      }
    }
}

// Delays every call by a random time, each rank its own.
class Delayed : public Communicator {
 public:
  Delayed(std::unique_ptr<Communicator> inner, int seed)
      : inner_(std::move(inner)), random_(seed) {}
  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  const char* transport() const override { return inner_->transport(); }
  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    delay();
    return inner_->send(peer, tag, bytes);
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    delay();
    return inner_->receive(peer, tag, bytes);
  }
  void wait(Request request) override {
    delay();
    inner_->wait(request);
  }
  int64_t next_size(int peer, Tag tag) override {
    delay();
    return inner_->next_size(peer, tag);
  }
  std::unique_ptr<Communicator> split(int colour, int key) override {
    return inner_->split(colour, key);
  }

 private:
  void delay() { std::this_thread::sleep_for(std::chrono::microseconds(random_() % 400)); }
  std::unique_ptr<Communicator> inner_;
  std::minstd_rand random_;
};

TEST_P(EveryAllreduce, GivesTheSameBitsWhateverTheTiming) {
  const Vectors vectors = reals(5, 1003);
  const SumResult first = sum(maker(GetParam()), vectors);
  for (int round = 0; round < 5; ++round) {
    Communicators group;
    for (auto& communicator : make_thread_group(5)) {
      const int seed = 10 * round + communicator->rank() + 1;
      group.push_back(std::make_unique<Delayed>(std::move(communicator), seed));
    }
    const SumResult again = sum_on(std::move(group), maker(GetParam()), vectors);
    for (int rank = 0; rank < 5; ++rank)
      EXPECT_TRUE(same_bits(again.sums[rank], first.sums[0])) << "rank " << rank;
  }
}

TEST_P(EveryAllreduce, CarriesNanAndInfinityToAllRanks) {
  Vectors vectors = integers(4, 50);
  vectors[1][7] = std::numeric_limits<float>::quiet_NaN();
  vectors[2][49] = std::numeric_limits<float>::infinity();
  vectors[3][0] = -std::numeric_limits<float>::infinity();
  const SumResult result = sum(maker(GetParam()), vectors);
  for (const auto& v : result.sums) {
    EXPECT_TRUE(std::isnan(v[7]));
    EXPECT_EQ(v[49], std::numeric_limits<float>::infinity());
    EXPECT_EQ(v[0], -std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isfinite(v[1]));
  }
}

TEST_P(EveryAllreduce, EndsWithAnErrorOnAllRanksWhenOneDies) {
  for (const int ranks : {2, 3, 5, 8}) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<std::string> errors = run_ranks(ranks, [&](Communicator& c) {
      if (c.rank() == 1) return;
      std::vector<float> values(100);
      GetParam().make({})->sum(c, values, 0);
    });
    for (int rank = 0; rank < ranks; ++rank)
      if (rank != 1) {
        EXPECT_THAT(errors[rank], AllOf(HasSubstr("failed or ended"), HasSubstr("tag"))) << rank;
      }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
}

TEST_P(EveryAllreduce, EndsWithAnErrorWhenARankIsSilent) {
  const std::vector<std::string> errors = run_ranks(
      4,
      [&](Communicator& c) {
        std::vector<float> values(100);
        if (c.rank() == 2) std::this_thread::sleep_for(std::chrono::milliseconds(900));
        GetParam().make({})->sum(c, values, 0);
      },
      0.2);
  for (int rank = 0; rank < 4; ++rank)
    EXPECT_THAT(errors[rank],
                testing::AnyOf(HasSubstr("waited 0.2 s"), HasSubstr("failed or ended")))
        << rank;
  EXPECT_THAT(errors,
              testing::Contains(AllOf(HasSubstr("rank 2 (tag"), HasSubstr("waited 0.2 s"))));
}

TEST_P(EveryAllreduce, SaysThatLengthsDiffer) {
  for (const int ranks : {2, 3, 4}) {
    const std::vector<std::string> errors = run_ranks(ranks, [&](Communicator& c) {
      std::vector<float> values(c.rank() == 1 ? 101 : 100);
      GetParam().make({})->sum(c, values, 0);
    });
    for (const std::string& error : errors) EXPECT_NE(error, "");
    EXPECT_THAT(errors, testing::Contains(HasSubstr("lengths must agree")));
  }
}

TEST(Ring, SendsTwiceTheVectorTimesPMinusOneOverP) {
  for (const int ranks : all_ranks)
    for (const int64_t n : awkward_lengths(ranks)) {
      const SumResult result = sum(make_ring, integers(ranks, n));
      int64_t total = 0;
      for (const Traffic& traffic : result.traffic) {
        EXPECT_NEAR(traffic.bytes_sent, 4.0 * n * 2 * (ranks - 1) / ranks, 8) << ranks << " " << n;
        EXPECT_EQ(traffic.messages_sent, 2 * (ranks - 1));
        total += traffic.bytes_sent;
      }
      EXPECT_EQ(total, 4 * n * 2 * (ranks - 1));
    }
}

// Of the recursive algorithms a power of two sends what the ring sends, in fewer messages; the
// circulant does for any P.
TEST(Rabenseifner, SendsTheBytesOfTheRingInFewMessages) {
  for (const int ranks : {2, 4, 8, 16})
    for (int rank = 0; rank < ranks; ++rank) {
      const Traffic traffic = find_allreduce("rabenseifner").traffic({}, 16000, rank, ranks);
      EXPECT_EQ(traffic.bytes_sent, 4 * 16000 * 2 * (ranks - 1) / ranks);
      EXPECT_EQ(traffic.messages_sent, 2 * std::log2(ranks));
    }
}

TEST(Circulant, SendsTheBytesOfTheRingInFewMessages) {
  for (const int ranks : {2, 3, 5, 6, 7, 12, 16, 100})
    for (int rank = 0; rank < ranks; ++rank) {
      const Traffic traffic = find_allreduce("circulant").traffic({}, 100 * ranks, rank, ranks);
      EXPECT_EQ(traffic.bytes_sent, 400 * 2 * (ranks - 1));
      EXPECT_EQ(traffic.bytes_received, traffic.bytes_sent);
      EXPECT_EQ(traffic.messages_sent, 2 * std::ceil(std::log2(ranks)));
    }
}

// A ring for lengths that P divides, with a slip: it adds what arrives to the segment it has just
// sent.
class WrongSegment : public Allreduce {
 public:
  void sum(Communicator& c, std::span<float> values, int64_t) override {
    const int ranks = c.size();
    const size_t length = values.size() / ranks;
    const auto segment = [&](int q) {
      return values.subspan((q + ranks) % ranks * length, length);
    };
    const auto shift = [&](std::span<float> out, std::span<float> in) {
      const Request incoming =
          c.receive((c.rank() + ranks - 1) % ranks, 1, std::as_writable_bytes(in));
      const Request outgoing = c.send((c.rank() + 1) % ranks, 1, std::as_bytes(out));
      c.wait(incoming);
      c.wait(outgoing);
    };
    std::vector<float> arrived(length);
    for (int step = 0; step < ranks - 1; ++step) {
      shift(segment(c.rank() - step), arrived);
      const std::span<float> target = segment(c.rank() - step);  // right: c.rank() - step - 1
      for (size_t i = 0; i < length; ++i) target[i] += arrived[i];
    }
    for (int step = 0; step < ranks - 1; ++step)
      shift(segment(c.rank() - step + 1), segment(c.rank() - step));
  }
};

// Forgets the last segment on one rank.
class ShortByOne : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t bucket) override {
    const float last = values.empty() ? 0 : values.back();
    make_ring()->sum(communicator, values, bucket);
    if (communicator.rank() == 2 && !values.empty()) values.back() = last;
  }
};

TEST(TheChecker, CatchesAWrongSegment) {
  EXPECT_THAT(problems([] { return std::make_unique<WrongSegment>(); }, 4, 1000),
              HasSubstr("not ref's sum"));
}

TEST(TheChecker, CatchesARankThatMissesASegment) {
  EXPECT_THAT(problems([] { return std::make_unique<ShortByOne>(); }, 4, 1000),
              HasSubstr("rank 2"));
}

TEST(List, NamesWhatIsAllowed) {
  try {
    find_allreduce("dens");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'dens'"), HasSubstr("dense, ring, ")));
  }
}

TEST(Vendor, IsRefusedWhereTheTransportHasNone) {
  const SumResult result = sum(maker(find_allreduce("vendor")), integers(2, 10));
  for (const std::string& error : result.errors) EXPECT_THAT(error, HasSubstr("'thread'"));
}

}  // namespace
}  // namespace laconic::comm::test
