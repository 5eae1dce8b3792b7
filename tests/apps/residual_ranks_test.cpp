// What the ranks have not said yet survives a restart on another number of ranks: real residuals,
// through real checkpoints. Integer-valued, so that sums are exact.
#include <gtest/gtest.h>

#include <mutex>
#include <random>

#include "apps/laconic/run/agreement.hpp"
#include "comm/gradient/sum.hpp"
#include "tests/comm/group.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/restore.hpp"

namespace laconic::test {
namespace {

constexpr int64_t n = 1000;

// One rank: an exchange, and the residual of its gradient sum.
struct Rank {
  explicit Rank(comm::Communicator& communicator)
      : exchange(communicator.split(0, communicator.rank()), comm::test::exact_options("oktopk")),
        sum(exchange, Context{.isa = detect_isa()}, options(), {}, n) {}

  static comm::GradientOptions options() {
    comm::GradientOptions o;
    o.bucket_mb = 0.001;
    o.density.density = 0.02;
    o.density.auto_dense = false;
    return o;
  }
  StateList state() {
    StateList list;
    sum.visit_state(list);
    return list;
  }
  std::span<const float> residual() {
    const StateList list = state();
    for (const StateEntry& entry : list.entries())
      if (entry.name == "exchange/residual")
        return {reinterpret_cast<const float*>(entry.contents().data()),
                static_cast<size_t>(entry.count)};
    return {};
  }
  Shard shard() const { return {exchange.rank(), exchange.size()}; }
  Agree agree() {
    return [this](ExitCode mine) { return largest_code(exchange, mine); };
  }

  comm::Exchange exchange;
  comm::GradientSum sum;
};

// Sum over the ranks, by index, of what body(rank) leaves in the residual.
template <class Body>
std::vector<double> residuals_of(int ranks, Body body) {
  std::vector<double> sum(n);
  std::mutex mutex;
  comm::test::run_ranks_well(ranks, [&](comm::Communicator& communicator) {
    Rank rank(communicator);
    body(rank);
    const std::span<const float> residual = rank.residual();
    const std::lock_guard lock(mutex);
    for (size_t i = 0; i < residual.size(); ++i) sum[i] += residual[i];
  });
  return sum;
}

TEST(Residuals, KeepTheirSumOnAnotherNumberOfRanks) {
  const TemporaryFolder folder;
  const std::vector<double> before = residuals_of(4, [&](Rank& rank) {
    std::mt19937 random(static_cast<unsigned>(rank.exchange.rank()));
    std::vector<float> gradient(n);
    rank.sum.allocate();
    for (int64_t step = 0; step < 5; ++step) {
      for (float& x : gradient) x = static_cast<float>(random() % 401) - 200;
      rank.sum.begin(step, 0);
      ASSERT_TRUE(rank.sum.finish(gradient, {}));
    }
    CheckpointWriter(real_files(), folder.path(), rank.shard(), rank.agree(), 1)
        .write(5, rank.state(), {});
  });
  EXPECT_NE(before, std::vector<double>(n));
  for (const int ranks : {1, 2, 3, 4, 8})
    EXPECT_EQ(
        residuals_of(
            ranks,
            [&](Rank& rank) {
              open_best(real_files(), folder.path(), rank.shard(), rank.agree()).read(rank.state());
            }),
        before)
        << ranks;
}

}  // namespace
}  // namespace laconic::test
