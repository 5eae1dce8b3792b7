// The loop serves a learner whatever its units are: steps that grow by more than one, votes that are
// summed in some units only, errors in the midst of a checkpoint.
#include "apps/laconic/run/loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/run/method.hpp"
#include "comm/transport/transports.hpp"
#include "framework/checkpoint/folder.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

// Ten micro-steps per unit; sums its votes in every fourth unit; a period is three units.
class Counter final : public Learner {
 public:
  explicit Counter(comm::Exchange& exchange, int64_t units = 12, int64_t fails_at = -1)
      : exchange_(exchange), last_(10 * units), fails_at_(fails_at) {
    figures_.declare({"count", "", Better::neither, true});
    scores_.declare({"distance", "", Better::lower});
  }
  void visit_state(StateList& state) override { state.add_value("method/step", step_); }
  void begin(bool) override {}
  void advance(Votes& votes) override {
    step_ += 10;
    figures_.clear();
    figures_.set(0, static_cast<double>(step_));
    if (step_ % 40 == 0) votes.agree(exchange_);
    together(exchange_, [&] {
      if (step_ == fails_at_ && exchange_.rank() == 1) fail(ExitCode::diverged, "too far");
    });
  }
  int64_t step() const override { return step_; }
  int64_t steps() const override { return last_; }
  Period period() const override { return {"lap", step_ / 30, step_ % 30 == 0}; }
  void evaluate() override { scores_.set(0, std::abs(60.0 - static_cast<double>(step_))); }
  std::string default_monitor() const override { return "distance"; }
  Facts facts() const override { return {.problem = "counting"}; }

 private:
  comm::Exchange& exchange_;
  const int64_t last_, fails_at_;
  int64_t step_ = 0;
};

class ALoop : public testing::Test {
 protected:
  // body(loop, session) on two ranks.
  template <class Body>
  void on_two_ranks(const std::vector<std::string>& overrides, int64_t fails_at, Body body) {
    std::ofstream(folder / "config.yaml")
        << "data: {source: {format: planted}}\ncheckpoint: {mtbf: 0}\nobserve: {progress: 'off'}\n";
    std::vector<std::string> all = overrides;
    all.push_back("run.dir=" + run);
    auto group = comm::make_thread_group(2);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < 2; ++rank)
      threads.emplace_back([&, rank] {
        Session session(load_config(folder / "config.yaml", all), std::move(group[rank]));
        Ledger ledger(session.exchange());
        Counter counter(session.exchange(), 12, fails_at);
        Loop loop(session, counter, ledger);
        body(loop, session);
      });
    for (std::thread& thread : threads) thread.join();
  }
  nlohmann::json result() const {
    return nlohmann::json::parse(real_files().read(run + "/result.json"));
  }

  TemporaryFolder folder;
  const std::string run = folder / "run";
};

TEST_F(ALoop, EvaluatesByPeriodsAndKnowsTheBest) {
  on_two_ranks({}, -1, [](Loop& loop, Session&) { loop.run(); });
  EXPECT_EQ(result().at("steps"), 120);
  EXPECT_EQ(result().at("laps"), 4);
  EXPECT_EQ(result().at("metrics").at("best_step"), 60);
  EXPECT_EQ(result().at("metrics").at("distance"), 0);
  EXPECT_EQ(result().at("metrics").at("last").at("distance"), 60);
  EXPECT_FALSE(result().contains("parameters"));
}

TEST_F(ALoop, StopsInTheFirstUnitThatSumsVotesAfterTheRequest) {
  on_two_ranks({}, -1, [&](Loop& loop, Session& session) {
    loop.start();
    loop.unit();
    if (session.is_root()) std::ofstream(run + "/stop") << "";
    std::this_thread::sleep_for(
        std::chrono::milliseconds(1100));  // files are looked for every second
    loop.unit();
    loop.unit();
    try {
      loop.unit();
      ADD_FAILURE() << "went on";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::stopped);
    }
  });
  EXPECT_THAT(steps_in_order_of_trust(real_files(), run + "/checkpoints"),
              testing::ElementsAre(40));
}

TEST_F(ALoop, CompletesACheckpointUnderWayBeforeAnErrorEndsIt) {
  on_two_ranks({"checkpoint.every_steps=50"}, 60, [](Loop& loop, Session&) {
    try {
      loop.run();
      ADD_FAILURE() << "went on";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::diverged);
    }
  });
  EXPECT_THAT(steps_in_order_of_trust(real_files(), run + "/checkpoints"),
              testing::ElementsAre(50));
}

TEST_F(ALoop, EndsAtMaxSteps) {
  on_two_ranks({"run.max_steps=50"}, -1, [](Loop& loop, Session&) { loop.run(); });
  EXPECT_EQ(result().at("steps"), 50);
}

}  // namespace
}  // namespace laconic::test
