// The MPI transport, and everything on it, with real ranks. The same truths as on threads
// (tests/comm).
#include "comm/transport/mpi.hpp"

#include <gmock/gmock.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>
#include <thread>

#include "comm/base/collectives.hpp"
#include "comm/exchange/exchange.hpp"
#include "comm/exchange/list.hpp"
#include "framework/base/error.hpp"
#include "tests/comm/sparse/training.hpp"
#include "tests/mpi/world.hpp"

namespace laconic::comm::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::unique_ptr<Communicator> communicator() {
  auto result = world().world();
  result->set_timeout(30);
  return result;
}

std::vector<float> integers(int rank, int64_t n) {
  std::mt19937 random(rank * 1000003 + n);
  std::uniform_int_distribution<int> value(-32768, 32768);
  std::vector<float> values(n);
  for (float& x : values) x = static_cast<float>(value(random));
  return values;
}

bool same_on_all_ranks(Communicator& c, const std::vector<float>& values) {
  const std::string mine(reinterpret_cast<const char*>(values.data()), 4 * values.size());
  const auto differs = static_cast<int64_t>(broadcast(c, mine, 0) != mine);
  int64_t any = differs;
  Scratch scratch;
  max(c, {&any, 1}, scratch);
  return any == 0;
}

TEST(Mpi, EveryAllreduceSumsLikeRef) {
  const auto c = communicator();
  const int ranks = c->size();
  for (const AllreduceEntry& entry : allreduce_list())
    if (!entry.is_sparse())
      for (const int64_t n : {0, 1, ranks - 1, ranks, ranks + 1, 1000, 12345, 1000003}) {
        std::vector<float> truth = integers(c->rank(), n);
        std::vector<float> values = truth;
        make_ref()->sum(*c, truth, 0);
        const Traffic before = c->traffic();
        entry.make({})->sum(*c, values, 0);
        const Traffic moved = c->traffic() - before;
        EXPECT_EQ(values, truth) << entry.name << " " << n;
        if (!entry.counted) continue;
        const Traffic expected = entry.traffic({}, n, c->rank(), ranks);
        EXPECT_EQ(moved.bytes_sent, expected.bytes_sent) << entry.name << " " << n;
        EXPECT_EQ(moved.bytes_received, expected.bytes_received) << entry.name << " " << n;
        EXPECT_EQ(moved.messages_sent, expected.messages_sent) << entry.name << " " << n;
        EXPECT_EQ(moved.messages_received, expected.messages_received) << entry.name << " " << n;
      }
}

TEST(Mpi, EveryAllreduceHasTheBitsOfTheThreadTransport) {
  const auto c = communicator();
  const int ranks = c->size();
  const auto reals = [](int rank) {
    std::vector<float> values = integers(rank, 5003);
    for (float& x : values) x = std::sin(x);
    return values;
  };
  for (const AllreduceEntry& entry : allreduce_list()) {
    if (entry.is_sparse()) continue;
    if (!entry.counted) continue;
    std::vector<float> mine = reals(c->rank());
    entry.make({})->sum(*c, mine, 0);
    EXPECT_TRUE(same_on_all_ranks(*c, mine)) << entry.name;

    std::vector<std::unique_ptr<Communicator>> group = make_thread_group(ranks);
    std::vector<std::vector<float>> sums(ranks);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        sums[rank] = reals(rank);
        entry.make({})->sum(*group[rank], sums[rank], 0);
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(mine, sums[0]) << entry.name;
  }
}

TEST(Mpi, SplitsLongMessagesIntoPieces) {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  const auto c = make_mpi(comm, std::make_shared<std::atomic<bool>>(false), 1000);
  const int right = (c->rank() + 1) % c->size();
  const int left = (c->rank() + c->size() - 1) % c->size();
  if (c->size() == 1) GTEST_SKIP() << "nobody to send to";
  for (const size_t length : {0, 1, 999, 1000, 1001, 2000, 12345}) {
    std::vector<std::byte> out(length);
    for (size_t i = 0; i < length; ++i) out[i] = static_cast<std::byte>(i * 7 + c->rank());
    std::vector<std::byte> in(length);
    const Request incoming = c->receive(left, 3, in);
    const Request outgoing = c->send(right, 3, out);
    c->wait(outgoing);
    c->wait(incoming);
    for (size_t i = 0; i < length; ++i)
      ASSERT_EQ(in[i], static_cast<std::byte>(i * 7 + left)) << length << " " << i;
  }
  EXPECT_EQ(c->traffic().messages_sent, 7);
  EXPECT_EQ(c->traffic().bytes_received, 0 + 1 + 999 + 1000 + 1001 + 2000 + 12345);
  std::vector<float> values(12345, 1);
  EXPECT_TRUE(c->vendor_sum(values));
  EXPECT_THAT(values, testing::Each(c->size()));
}

TEST(Mpi, KeepsTheOrderOfManyMessagesUnderWay) {
  const auto c = communicator();
  if (c->size() == 1) GTEST_SKIP() << "nobody to send to";
  constexpr int count = 200;  // more than there are slots at first
  const int right = (c->rank() + 1) % c->size();
  const int left = (c->rank() + c->size() - 1) % c->size();
  std::vector<int> out(count);
  std::iota(out.begin(), out.end(), 1000 * c->rank());
  std::vector<int> in(count);
  std::vector<Request> requests;
  for (int i = 0; i < count; ++i) {
    requests.push_back(c->receive(left, 3, std::as_writable_bytes(std::span(&in[i], 1))));
    requests.push_back(c->send(right, 3, std::as_bytes(std::span(&out[i], 1))));
  }
  while (!requests.empty()) {  // in any order
    c->wait(requests.back());
    requests.pop_back();
  }
  for (int i = 0; i < count; ++i) EXPECT_EQ(in[i], 1000 * left + i);
}

TEST(Mpi, TellsTheSizeOfTheNextMessage) {
  const auto c = communicator();
  if (c->size() == 1) GTEST_SKIP() << "nobody to send to";
  const int right = (c->rank() + 1) % c->size();
  const int left = (c->rank() + c->size() - 1) % c->size();
  for (const int64_t size : {7, 0, 100000, 1}) {
    const std::vector<std::byte> out(size + c->rank());
    const Request outgoing = c->send(right, select_tag, out);
    ASSERT_EQ(c->next_size(left, select_tag), size + left);
    ASSERT_EQ(c->next_size(left, select_tag), size + left);  // it is still there
    std::vector<std::byte> in(size + left);
    c->wait(c->receive(left, select_tag, in));
    c->wait(outgoing);
  }
  EXPECT_EQ(c->traffic(select_tag).bytes_received, 100008 + 4 * left);
  EXPECT_EQ(c->traffic(select_tag).messages_sent, 4);
  EXPECT_EQ(c->traffic(reduce_tag).messages_sent, 0);
  EXPECT_EQ(c->traffic().messages_received, 4);
}

TEST(Mpi, ShapedKeepsTheBitsAndTakesItsTime) {
  const Link link{.latency_s = 0.003, .bytes_per_s = 4e6};
  const auto c = make_shaped(communicator(), link);
  const int ranks = c->size();
  const int64_t n = 1000 * ranks;  // 4000 bytes a segment: 1 ms
  std::vector<float> truth = integers(c->rank(), n);
  std::vector<float> values = truth;
  make_ref()->sum(*c, truth, 0);
  const auto now_ns = [] { return std::chrono::steady_clock::now().time_since_epoch().count(); };
  int64_t start_ns = now_ns();  // rank 0's, before any rank starts
  broadcast(*c, std::as_writable_bytes(std::span(&start_ns, 1)), 0);
  make_ring()->sum(*c, values, 0);
  EXPECT_GE(now_ns() - start_ns, 2 * (ranks - 1) * 4'000'000);
  EXPECT_EQ(values, truth);
}

TEST(Mpi, SplitGroupsByColourAndKey) {
  const auto c = communicator();
  const auto part = c->split(c->rank() % 2, -c->rank());
  EXPECT_EQ(part->size(), (c->size() + 1 - c->rank() % 2) / 2);
  std::vector<float> values = {1};
  make_ring()->sum(*part, values, 0);
  EXPECT_EQ(values[0], part->size());
  // The highest rank of a colour comes first.
  const std::string first = broadcast(*part, std::to_string(c->rank()), 0);
  EXPECT_GE(std::stoi(first) + 2, c->size());
}

TEST(Mpi, CollectivesAgree) {
  const auto c = communicator();
  for (int root = 0; root < c->size(); ++root)
    EXPECT_EQ(broadcast(*c, std::string(100 * c->rank(), 'a'), root).size(), 100u * root);
  Scratch scratch;
  std::vector<double> values = {1.0, 1.0 * c->rank()};
  sum(*c, values, scratch);
  EXPECT_THAT(values, testing::ElementsAre(c->size(), c->size() * (c->size() - 1) / 2));
  std::vector<uint32_t> counts(1000, c->rank() + 1);
  sum(*c, counts, scratch, count_tag);
  EXPECT_THAT(counts, testing::Each(c->size() * (c->size() + 1) / 2));
  EXPECT_EQ(gather(*c, "x").size(), c->rank() == 0 ? c->size() : 0u);
}

TEST(Mpi, ExchangeRunsOnItsOwnThread) {
  for (const AllreduceEntry& entry : allreduce_list()) {
    if (entry.is_sparse()) continue;
    ExchangeOptions options;
    options.allreduce.select(entry.name);
    options.timeout = 30;
    Exchange exchange(world().world(), options);
    EXPECT_STREQ(exchange.transport(), "mpi");
    const int ranks = exchange.size();
    std::vector<float> values(100001);
    for (int step = 1; step <= 20; ++step) {
      std::fill(values.begin(), values.end(), static_cast<float>(step * (exchange.rank() + 1)));
      exchange.start_sum(std::span(values).subspan(50000));
      exchange.start_sum(std::span(values).first(50000));
      int64_t largest = exchange.rank();
      exchange.max({&largest, 1});
      EXPECT_EQ(largest, ranks - 1);
      exchange.finish();
      const float sum = static_cast<float>(step * ranks * (ranks + 1) / 2);
      EXPECT_EQ(std::ranges::count(values, sum), std::ssize(values)) << entry.name;
    }
    EXPECT_EQ(exchange.rounds(), 20);
    EXPECT_EQ(exchange.counts_bytes(), entry.counted);
    if (ranks > 1) {
      EXPECT_GT(exchange.gradient_traffic().bytes_sent, 0) << entry.name;
    }
    exchange.barrier();
  }
}

// These leave a communicator behind that failed, on purpose, with a flag of its own: the world
// stays well.
class Broken : public testing::Test {
 protected:
  void SetUp() override {
    MPI_Comm comm = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    c_ = make_mpi(comm, failed_);
    c_->set_timeout(0.3);
    if (c_->size() == 1) GTEST_SKIP() << "nobody to wait for";
  }
  // What wait() said, or "".
  std::string wait(Request request) {
    try {
      c_->wait(request);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::communication);
      EXPECT_TRUE(*failed_);
      return error.what();
    }
  }
  std::shared_ptr<std::atomic<bool>> failed_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Communicator> c_;
  std::vector<std::byte> memory_ = std::vector<std::byte>(100);
};

TEST_F(Broken, ASilentRankEndsTheWait) {
  if (c_->rank() == 0) {
    EXPECT_THAT(wait(c_->receive(1, reduce_tag, memory_)),
                AllOf(HasSubstr("rank 0 receives from rank 1 (tag reduce, 100 bytes)"),
                      HasSubstr("waited 0.3 s")));
  }
}

TEST_F(Broken, ASilentRankEndsTheWaitForASize) {
  if (c_->rank() != 0) return;
  try {
    c_->next_size(1, gather_tag);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("rank 0 receives from rank 1 (tag gather, unknown size): waited 0.3 s"));
    EXPECT_TRUE(*failed_);
  }
}

TEST_F(Broken, AShortMessageIsAnError) {
  if (c_->rank() == 1) c_->wait(c_->send(0, 5, std::span(memory_).first(40)));
  if (c_->rank() == 0) {
    EXPECT_THAT(wait(c_->receive(1, 5, memory_)), HasSubstr("received 40 bytes"));
  }
}

TEST_F(Broken, ALongMessageIsAnErrorAndDoesNotOverflow) {
  if (c_->rank() == 1) c_->wait(c_->send(0, 5, memory_));
  if (c_->rank() == 0) {
    memory_[41] = std::byte{7};
    EXPECT_THAT(wait(c_->receive(1, 5, std::span(memory_).first(40))), HasSubstr("received more"));
    EXPECT_EQ(memory_[41], std::byte{7});
  }
}

TEST_F(Broken, AnInterruptEndsTheWait) {
  if (c_->rank() == 0) {
    c_->set_timeout(60);
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      c_->interrupt();
    });
    EXPECT_THAT(wait(c_->receive(1, 5, memory_)), HasSubstr("interrupted"));
    other.join();
  }
}

// What steps of error-feedback training leave at this rank, on `mine`, or on threads where there is
// none.
std::vector<SparseSum> steps_of(const SparseCase& c, int rank,
                                std::unique_ptr<Communicator> mine = nullptr) {
  std::vector<SparseSum> results(c.steps);
  const auto train_rank = [&](Communicator& communicator, std::vector<SparseSum>& sums) {
    TrainingRank trainer(c, communicator.rank(), make_rank(c));
    RankStep left;
    for (int64_t step = 0; step < c.steps; ++step) {
      trainer.step(communicator, left);
      trainer.commit(left);
      sums[step] = left.sum;
    }
  };
  if (mine != nullptr) {
    train_rank(*mine, results);
    return results;
  }
  run_ranks_well(c.ranks, [&](Communicator& communicator) {
    std::vector<SparseSum> others(c.steps);
    train_rank(communicator, communicator.rank() == rank ? results : others);
  });
  return results;
}

TEST(Mpi, EverySparseAllreduceHasTheBitsOfTheThreadTransport) {
  const auto c = communicator();
  size_t turn = 0;
  for (const AllreduceEntry& entry : allreduce_list()) {
    if (!entry.is_sparse()) continue;
    for (const Mode mode : {Mode::exact, Mode::paper})
      for (const char* data : {"uniform", "rank_disjoint", "one_region", "zero", "equal"}) {
        SparseCase settings;
        settings.algorithm = entry.name;
        settings.options.mode = mode;
        settings.options.format.type =
            turn % 2 == 0 ? ops::ValueType::float32 : ops::ValueType::bfloat16;
        settings.options.format.codec =
            turn++ % 3 == 0 ? ops::IndexCodec::delta16 : ops::IndexCodec::rice;
        settings.ranks = c->size();
        settings.data = data;
        settings.steps = 8;
        const std::vector<SparseSum> expected = steps_of(settings, c->rank());
        const std::vector<SparseSum> found = steps_of(settings, c->rank(), c->split(0, c->rank()));
        for (int64_t step = 0; step < settings.steps; ++step) {
          EXPECT_EQ(found[step].sum.indices, expected[step].sum.indices) << entry.name << data;
          EXPECT_EQ(found[step].sum.values, expected[step].sum.values) << entry.name << data;
          EXPECT_EQ(found[step].delivered.indices, expected[step].delivered.indices);
          EXPECT_EQ(found[step].returned.values, expected[step].returned.values);
        }
      }
  }
}

}  // namespace
}  // namespace laconic::comm::test
