// Ranks that wait for one that works, that are not the same, or whose state has drifted apart.
#include "apps/laconic/run/replicas.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "apps/laconic/run/agreement.hpp"
#include "comm/transport/transports.hpp"

namespace laconic::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;

// Runs body(exchange) on each rank. Returns "code: message" of each, "" where nothing went wrong.
template <class Body>
std::vector<std::string> end_of_ranks(int ranks, double timeout_s, Body body) {
  std::vector<std::unique_ptr<comm::Communicator>> group = comm::make_thread_group(ranks);
  std::vector<std::string> messages(group.size());
  std::vector<std::thread> threads;
  for (size_t rank = 0; rank < group.size(); ++rank)
    threads.emplace_back([&, rank] {
      try {
        comm::ExchangeOptions options;
        options.timeout = timeout_s;
        comm::Exchange exchange(std::move(group[rank]), options);
        body(exchange);
      } catch (const Error& error) {
        messages[rank] = fmt::format("{}: {}", static_cast<int>(error.code()), error.what());
      }
    });
  for (std::thread& thread : threads) thread.join();
  return messages;
}

void work(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

TEST(WorkOfOneRank, MayTakeLongerThanTheTimeout) {
  EXPECT_THAT(end_of_ranks(3, 0.2,
                           [](comm::Exchange& exchange) {
                             patiently(exchange, [&] { work(exchange.rank() == 1 ? 0.8 : 0); });
                             exchange.barrier();
                           }),
              Each(""));
}

TEST(WorkOfOneRank, IsTakenForADeadRankWhereNobodySaysThatItIsWork) {
  const auto messages = end_of_ranks(3, 0.2, [](comm::Exchange& exchange) {
    together(exchange, [&] { work(exchange.rank() == 1 ? 0.8 : 0); });
  });
  EXPECT_THAT(messages[0], StartsWith("76"));
}

TEST(WorkOfOneRank, EndsAllWithItsError) {
  EXPECT_THAT(end_of_ranks(3, 60,
                           [](comm::Exchange& exchange) {
                             patiently(exchange, [&] {
                               if (exchange.rank() == 2) fail(ExitCode::data, "no such thing");
                             });
                           }),
              Each(StartsWith("65")));
}

TEST(RanksThatDiffer, AreNamedOnAllRanks) {
  EXPECT_THAT(end_of_ranks(3, 60,
                           [](comm::Exchange& exchange) {
                             same_everywhere(exchange,
                                             exchange.rank() == 1 ? "a 1\nb 3\n" : "a 1\nb 2\n",
                                             "use one file");
                           }),
              Each(AllOf(StartsWith("69"), HasSubstr("rank 0 has b 2, rank 1 has b 3"),
                         HasSubstr("use one file"))));
}

std::vector<std::string> with_state(float of_rank_1, Placement placement) {
  return end_of_ranks(3, 60, [&](comm::Exchange& exchange) {
    std::vector<float> parameters(1000, 1.0f), steps(3);
    if (exchange.rank() == 1) parameters[517] = of_rank_1;
    StateList state;
    state.add("steps", steps);
    state.add("parameters", parameters, placement);
    check_replicas(exchange, state, 12);
  });
}

TEST(Replicas, MayNotDifferInOneBit) {
  EXPECT_THAT(with_state(1.0f, Placement::replicated), Each(""));
  EXPECT_THAT(with_state(std::nextafter(1.0f, 2.0f), Placement::replicated),
              Each(AllOf(StartsWith("69"), HasSubstr("rank 1 has parameters"), HasSubstr("step 12"),
                         testing::Not(HasSubstr("has steps")))));
  EXPECT_THAT(with_state(2.0f, Placement::per_rank), Each(""));
}

}  // namespace
}  // namespace laconic::test
