// An error on one rank ends all of them alike, and is told once.
#include "apps/laconic/run/agreement.hpp"

#include <gtest/gtest.h>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

struct Ending {
  bool threw = false, mine = false;
  ExitCode code = ExitCode::success;
  std::string message;
};

template <class Step>
std::vector<Ending> end_together(int ranks, Step step) {
  std::vector<Ending> endings(ranks);
  on_ranks(ranks, [&](comm::Exchange& exchange) {
    Ending& ending = endings[exchange.rank()];
    try {
      together(exchange, [&] { step(exchange); });
    } catch (const AgreedError& error) {
      ending = {true, error.mine(), error.code(), error.what()};
    }
    exchange.barrier();  // the ranks are still in step
  });
  return endings;
}

TEST(TogetherSteps, PassWhenAllPass) {
  for (const Ending& e : end_together(3, [](comm::Exchange&) {})) EXPECT_FALSE(e.threw);
}

TEST(TogetherSteps, EndOnAllRanksWithTheCodeOfTheLowestThatFailed) {
  const auto endings = end_together(4, [](comm::Exchange& exchange) {
    if (exchange.rank() == 1) fail(ExitCode::data, "file missing");
    if (exchange.rank() == 3) fail(ExitCode::config, "other");
  });
  for (size_t rank = 0; rank < endings.size(); ++rank) {
    EXPECT_TRUE(endings[rank].threw) << rank;
    EXPECT_EQ(endings[rank].code, ExitCode::data) << rank;
    EXPECT_EQ(endings[rank].mine, rank == 1) << rank;
  }
  EXPECT_EQ(endings[1].message, "file missing");
}

TEST(TogetherSteps, TellOnceWhatAllRanksFoundWrong) {
  int told = 0;
  for (const Ending& e :
       end_together(3, [](comm::Exchange&) { fail(ExitCode::data, "the same everywhere"); })) {
    EXPECT_EQ(e.code, ExitCode::data);
    told += e.mine;
  }
  EXPECT_EQ(told, 1);
}

TEST(TogetherSteps, CountExhaustedMemoryAsAnErrorOfTheEnvironment) {
  for (const Ending& e : end_together(2, [](comm::Exchange& exchange) {
         if (exchange.rank() == 1) throw std::bad_alloc();
       }))
    EXPECT_EQ(e.code, ExitCode::environment);
}

TEST(TogetherSteps, MayBeNested) {
  int told = 0;
  for (const Ending& e : end_together(3, [](comm::Exchange& exchange) {
         together(exchange, [&] {
           if (exchange.rank() == 2) fail(ExitCode::data, "inside");
         });
       })) {
    EXPECT_EQ(e.code, ExitCode::data);
    told += e.mine;
  }
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace laconic::test
