// The small collectives and split, on threads.
#include "comm/base/collectives.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>

#include "comm/base/log2.hpp"
#include "comm/sparse/tags.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Collectives, SumHasTheSameBitsOnAllRanks) {
  for (int ranks = 1; ranks <= 9; ++ranks) {
    std::vector<std::vector<double>> values(ranks);
    run_ranks_well(ranks, [&](Communicator& c) {
      values[c.rank()] = {0.1 * (c.rank() + 1), 1e16, -1e16 * c.rank(), 3};
      Scratch scratch;
      sum(c, values[c.rank()], scratch);
    });
    for (const auto& v : values) EXPECT_EQ(v, values[0]);
    EXPECT_NEAR(values[0][0], 0.05 * ranks * (ranks + 1), 1e-12);
    EXPECT_EQ(values[0][3], 3 * ranks);
  }
}

TEST(Collectives, MaxFindsTheLargestOfAnyRank) {
  for (int ranks = 1; ranks <= 9; ++ranks)
    for (int largest = 0; largest < ranks; ++largest)
      run_ranks_well(ranks, [&](Communicator& c) {
        std::vector<int64_t> values = {c.rank() == largest ? int64_t{1} << 60 : -5, -c.rank() - 1};
        Scratch scratch;
        max(c, values, scratch);
        EXPECT_THAT(values, ElementsAre(int64_t{1} << 60, -1));
      });
}

// The sum of integers against one rank's loop over all; what was sent is what the choice says.
TEST(Collectives, SumOfIntegersIsExactAndSendsTwiceTheVectorAtMost) {
  for (const int ranks : {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17})
    for (const size_t n : {0, 1, 2, 3, 15, 64, 65, 67, 1000, 4096}) {
      const auto value = [](int rank, size_t i) {
        return static_cast<uint32_t>(i * 2654435761U + static_cast<unsigned>(rank) * 3000000019U);
      };
      const int rounds = std::bit_width(static_cast<unsigned>(ranks - 1));
      const int core = 1 << (std::bit_width(static_cast<unsigned>(ranks)) - 1);
      const bool halves = ranks > 4 && rounds * 4 * static_cast<int>(n) > 512;
      run_ranks_well(ranks, [&](Communicator& c) {
        std::vector<uint32_t> values(n);
        for (size_t i = 0; i < n; ++i) values[i] = value(c.rank(), i);
        Scratch scratch;
        sum(c, values, scratch, select_tag);
        for (size_t i = 0; i < n; ++i) {
          uint32_t expected = 0;
          for (int rank = 0; rank < ranks; ++rank) expected += value(rank, i);
          ASSERT_EQ(values[i], expected) << ranks << " " << n << " " << i;
        }
        const Traffic& traffic = c.traffic(select_tag);
        const bool folds = c.rank() >= core || c.rank() + core < ranks;
        const int64_t whole =
            (folds ? 1 : 0) + (c.rank() < core ? static_cast<int>(std::log2(core)) : 0);
        const int64_t messages = halves ? 2 * rounds : whole;
        const auto bytes = static_cast<int64_t>(4 * n);
        const int64_t expected = halves ? 2 * bytes * (ranks - 1) / ranks : bytes * whole;
        EXPECT_NEAR(traffic.bytes_sent, expected, halves ? 4 * 2 * rounds : 0) << ranks << " " << n;
        EXPECT_EQ(traffic.bytes_sent, c.traffic().bytes_sent);
        EXPECT_EQ(traffic.messages_sent, messages) << ranks << " " << n;
        EXPECT_EQ(traffic.messages_received, messages) << ranks << " " << n;
      });
    }
}

TEST(Collectives, BroadcastReachesAllRanksFromAnyRoot) {
  for (int ranks = 1; ranks <= 9; ++ranks)
    for (int root = 0; root < ranks; ++root)
      run_ranks_well(ranks, [&](Communicator& c) {
        EXPECT_EQ(broadcast(c, fmt::format("from {}", c.rank()), root),
                  fmt::format("from {}", root));
        EXPECT_EQ(broadcast(c, std::string(c.rank() == root ? 0 : 3, 'x'), root), "");
      });
}

TEST(Collectives, GatherKeepsRankOrderAndAnyLength) {
  run_ranks_well(5, [&](Communicator& c) {
    const std::vector<std::string> texts = gather(c, std::string(c.rank(), 'a'));
    if (c.rank() == 0) {
      EXPECT_THAT(texts, ElementsAre("", "a", "aa", "aaa", "aaaa"));
    } else {
      EXPECT_THAT(texts, IsEmpty());
    }
  });
}

TEST(Split, GroupsByColourAndOrdersByKeyThenRank) {
  run_ranks_well(6, [&](Communicator& c) {
    // Colours 0: ranks 0 2 4, 1: ranks 1 3 5; keys turn the order of the odd ones.
    const bool odd = c.rank() % 2 == 1;
    const auto part = c.split(odd ? 1 : 0, odd ? -c.rank() : 7);
    EXPECT_EQ(part->size(), 3);
    EXPECT_EQ(part->rank(), odd ? (5 - c.rank()) / 2 : c.rank() / 2);
    const std::vector<std::string> members = gather(*part, std::to_string(c.rank()));
    if (c.rank() == 0) {
      EXPECT_THAT(members, ElementsAre("0", "2", "4"));
    }
    if (c.rank() == 5) {
      EXPECT_THAT(members, ElementsAre("5", "3", "1"));
    }
    // Groups do not disturb each other, nor the group they came from; parts can be split again.
    std::vector<float> values = {1};
    make_ring()->sum(*part, values, 0);
    EXPECT_EQ(values[0], 3);
    make_ring()->sum(c, values, 0);
    EXPECT_EQ(values[0], 18);
    const auto alone = part->split(part->rank(), 0);
    EXPECT_EQ(alone->size(), 1);
  });
}

TEST(Split, EndsWithAnErrorWhenARankIsGone) {
  const std::vector<std::string> errors = run_ranks(3, [&](Communicator& c) {
    if (c.rank() != 2) c.split(0, 0);
  });
  EXPECT_THAT(errors, ElementsAre(testing::HasSubstr("rank 0"), testing::HasSubstr("rank 1"), ""));
}

TEST(Self, IsAWorldOfOne) {
  const auto self = make_self();
  EXPECT_EQ(self->size(), 1);
  for (const AllreduceEntry& entry : allreduce_list()) {
    if (entry.is_sparse()) continue;
    std::vector<float> values = {3, 4};
    entry.make({})->sum(*self, values, 0);
    EXPECT_THAT(values, ElementsAre(3, 4)) << entry.name;
    EXPECT_EQ(entry.traffic({}, 2, 0, 1).bytes_sent, 0) << entry.name;
  }
  EXPECT_EQ(self->traffic().messages_sent, 0);
  EXPECT_EQ(self->split(0, 0)->size(), 1);
  EXPECT_THROW(self->send(0, 1, {}), Error);
  EXPECT_THROW(self->next_size(0, 1), Error);
}

}  // namespace
}  // namespace laconic::comm::test
