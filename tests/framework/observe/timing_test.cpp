// Phases, the timeline, the progress line and memory.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "framework/observe/memory.hpp"
#include "framework/observe/phase_timer.hpp"
#include "framework/observe/progress.hpp"
#include "framework/observe/trace.hpp"

namespace laconic {
namespace {

using nlohmann::json;

TEST(PhaseTimer, AddsUpEachPhaseApartAlsoFromSeveralThreads) {
  PhaseTimer timer;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) timer.add(Phase::exchange, 10, 1'000'010);
    });
  timer.add(Phase::update, 0, 500'000'000);
  for (std::thread& thread : threads) thread.join();
  EXPECT_NEAR(timer.seconds(Phase::exchange), 2.0, 1e-9);
  EXPECT_NEAR(timer.seconds(Phase::update), 0.5, 1e-9);
  EXPECT_EQ(timer.seconds(Phase::data), 0.0);
  timer.restore(Phase::update, 7.0);
  timer.add(Phase::update, 0, 500'000'000);
  EXPECT_NEAR(timer.seconds(Phase::update), 7.5, 1e-9);
}

TEST(PhaseTimer, AScopeMeasuresUntilItEnds) {
  PhaseTimer timer;
  {
    const auto scope = timer.measure(Phase::data);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GE(timer.seconds(Phase::data), 0.020);
  EXPECT_LT(timer.seconds(Phase::data), 5.0);
}

TEST(Trace, HoldsTheEventsOfItsStepsWithRankThreadAndTime) {
  Trace first(0, 2, 4, 100), second(1, 2, 4, 100);
  const int main_thread = first.add_thread("main"), comm = first.add_thread("communication");
  PhaseTimer timer(&first);
  const int64_t now = steady_ns();
  for (int64_t step = 0; step < 6; ++step) {
    first.set_step(step);
    timer.add(Phase::forward, now + step * 1000, now + step * 1000 + 500, main_thread);
    timer.add(Phase::exchange, now, now + 250, comm);
  }
  const json trace = json::parse(trace_file(std::vector{first.events(), second.events()}));
  std::vector<json> complete, threads;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "X") complete.push_back(event);
    if (event.at("name") == "thread_name") threads.push_back(event.at("args").at("name"));
  }
  EXPECT_EQ(threads, (std::vector<json>{"main", "communication"}));
  ASSERT_EQ(complete.size(), 4u);  // steps 2 and 3
  EXPECT_EQ(complete[0].at("name"), "forward");
  EXPECT_EQ(complete[1].at("tid"), comm);
  EXPECT_NEAR(complete[0].at("dur").get<double>(), 0.5, 1e-3);
  EXPECT_NEAR(complete[2].at("ts").get<double>() - complete[0].at("ts").get<double>(), 1.0, 0.3);
  EXPECT_EQ(trace.at("traceEvents").back().at("pid"), 1);
}

TEST(Trace, DropsAndCountsWhatDoesNotFit) {
  Trace trace(0, 0, 1, 1000);
  trace.set_step(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 700; ++i) trace.record("x", 0, i, i + 1);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(trace.dropped(), 400);
  EXPECT_EQ(json::parse(fmt::format("[{}]", trace.events())).size(),
            1001u);  // and the process's name
}

std::string text_of(const ProgressLine& line, size_t room = 200) {
  std::string buffer(room, '\0');
  return std::string(format_progress(line, buffer));
}

TEST(ProgressLine, ShowsWhatIsKnownAndLeavesOutTheRest) {
  EXPECT_EQ(text_of({.step = 3}), "step 3");
  EXPECT_EQ(text_of({120, 3000, 2.4, 60, 0.43123, 0.8312, 12345, 0.042, 3723}),
            "step 120/3000  epoch 2.40/60  loss 0.4312  acc 83.1 %  12.3k samples/s  exchange 4 %  "
            "ETA 1:02:03");
  EXPECT_EQ(text_of({.step = 3, .samples_per_second = 7.251, .seconds_left = 59.6}),
            "step 3  7.25 samples/s  ETA 1:00");
  EXPECT_EQ(text_of({.step = 3, .samples_per_second = 2.5e6}), "step 3  2.50M samples/s");
}

TEST(ProgressLine, IsCutToTheRoomThereIs) {
  const ProgressLine line{.step = 123456, .loss = 1};
  const std::string whole = text_of(line);
  for (size_t room = 0; room <= whole.size() + 2; ++room)
    EXPECT_EQ(text_of(line, room), whole.substr(0, room));
}

class ProgressTest : public testing::Test {
 protected:
  Progress make(ProgressMode mode, int columns = 200) {
    return Progress(
        mode, 10.0, columns, [this] { return now; },
        [this](std::string_view text) { written += text; });
  }
  double now = 1000;
  std::string written;
};

TEST_F(ProgressTest, LogWritesALineAnIntervalWithRatesOfThatInterval) {
  Progress progress = make(ProgressMode::log);
  for (int step = 0; step <= 40; ++step, now += 1)
    progress.update(
        {.step = step, .steps = 100, .samples = 500 * step, .exchange_seconds = 0.25 * step});
  EXPECT_EQ(written,
            "step 10/100  500 samples/s  exchange 25 %  ETA 1:30\n"
            "step 20/100  500 samples/s  exchange 25 %  ETA 1:20\n"
            "step 30/100  500 samples/s  exchange 25 %  ETA 1:10\n"
            "step 40/100  500 samples/s  exchange 25 %  ETA 1:00\n");
}

TEST_F(ProgressTest, AResumedRunExtrapolatesFromItsOwnSteps) {
  Progress progress = make(ProgressMode::log);
  progress.update({.step = 90, .steps = 100, .samples = 9000});
  now += 10;
  progress.update({.step = 95, .steps = 100, .samples = 9500});
  EXPECT_EQ(written, "step 95/100  50 samples/s  exchange 0 %  ETA 0:10\n");
}

TEST_F(ProgressTest, LiveRewritesOneLineAtMostTenTimesASecondAndEndsIt) {
  Progress progress = make(ProgressMode::live, 24);
  for (int step = 0; step <= 100; ++step, now += 0.01)
    progress.update({.step = step, .steps = 100, .samples = step});
  EXPECT_GE(std::ranges::count(written, '\r'), 8);
  EXPECT_LE(std::ranges::count(written, '\r'), 10);
  EXPECT_EQ(std::ranges::count(written, '\n'), 0);
  EXPECT_EQ(written.substr(0, written.find("\x1b[K")).size(), 1u + 23u);  // cut, so it cannot wrap
  progress.finish({.step = 100, .steps = 100});
  EXPECT_TRUE(written.ends_with("\x1b[K\n"));
}

TEST_F(ProgressTest, FinishShowsTheLastStateAndOffShowsNothing) {
  Progress progress = make(ProgressMode::log);
  progress.finish({.step = 5, .steps = 5});
  EXPECT_EQ(written, "step 5/5\n");
  written.clear();
  Progress off = make(ProgressMode::off);
  off.update({.step = 1});
  now += 100;
  off.update({.step = 2});
  off.finish({.step = 2});
  EXPECT_EQ(written, "");
}

TEST(Memory, ThePeakGrowsWithMemoryThatWasTouched) {
  const int64_t before = peak_host_memory();
  EXPECT_GT(before, 1 << 20);
  std::vector<char> block(size_t{256} << 20, 1);
  EXPECT_GE(peak_host_memory(), std::max<int64_t>(before, 256 << 20));
  EXPECT_EQ(block[12345], 1);
}

TEST(Memory, TheLedgerKeepsTheLargestOfEachName) {
  MemoryLedger ledger;
  for (const int64_t bytes : {5, 9, 7}) ledger.record("activations", bytes);
  ledger.record("parameters", 3);
  EXPECT_EQ(ledger.peaks(),
            (std::map<std::string, int64_t>{{"activations", 9}, {"parameters", 3}}));
}

}  // namespace
}  // namespace laconic
