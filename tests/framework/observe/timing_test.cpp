// Phases, the timeline, the progress line and memory.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
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
  const Phase exchange = timer.declare("exchange", PhaseKind::hidden),
              update = timer.declare("update", PhaseKind::work),
              data = timer.declare("data", PhaseKind::work);
  EXPECT_EQ(timer.declare("update", PhaseKind::work).index, update.index);  // the same one
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) timer.add(exchange, 10, 1'000'010);
    });
  timer.add(update, 0, 500'000'000);
  for (std::thread& thread : threads) thread.join();
  EXPECT_NEAR(timer.seconds(exchange), 2.0, 1e-9);
  EXPECT_NEAR(timer.seconds(update), 0.5, 1e-9);
  EXPECT_EQ(timer.seconds(data), 0.0);
  timer.restore(update, 7.0);
  timer.add(update, 0, 500'000'000);
  EXPECT_NEAR(timer.seconds(update), 7.5, 1e-9);
  EXPECT_NEAR(timer.seconds(PhaseKind::work), 7.5, 1e-9);
}

TEST(PhaseTimer, AScopeMeasuresUntilItEnds) {
  PhaseTimer timer;
  const Phase data = timer.declare("data", PhaseKind::work);
  {
    const auto scope = timer.measure(data);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GE(timer.seconds(data), 0.020);
  EXPECT_LT(timer.seconds(data), 5.0);
}

TEST(Trace, HoldsTheEventsOfItsStepsWithRankThreadStepAndTime) {
  Trace first(0, 2, 4, 100), second(1, 2, 4, 100);
  const int main_thread = first.add_thread("main"), comm = first.add_thread("communication");
  PhaseTimer timer;
  timer.record_into(&first);
  const Phase forward = timer.declare("forward", PhaseKind::work);
  const int64_t now = steady_ns();
  for (int64_t step = 0; step < 6; ++step) {
    first.set_step(step);
    timer.add(forward, now + step * 1001, now + step * 1001 + 503, main_thread);
    first.record("exchange", comm, now + 2002, now + 2252, "bucket", 7);
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
  EXPECT_EQ(complete[0].at("args"), (json{{"step", 2}}));
  EXPECT_EQ(complete[1].at("tid"), comm);
  EXPECT_EQ(complete[1].at("args"), (json{{"step", 2}, {"bucket", 7}}));
  EXPECT_EQ(complete[2].at("args"), (json{{"step", 3}}));
  // Microseconds since the earliest event, to the nanosecond.
  EXPECT_EQ(complete[0].at("ts"), 0.0);
  EXPECT_EQ(complete[0].at("dur"), 0.503);
  EXPECT_EQ(complete[2].at("ts"), 1.001);
  EXPECT_EQ(trace.at("traceEvents").back().at("pid"), 1);
}

TEST(Trace, RanksShareOneEpochWhicheverEventIsTheEarliest) {
  Trace late(0, 0, 1, 10), early(1, 0, 1, 10);
  const int64_t now = steady_ns();
  for (Trace* trace : {&late, &early}) trace->set_step(0);
  late.record("step", 0, now + 5'000'000'000, now + 6'000'000'000);
  early.record("step", 0, now, now + 1);
  const json trace = json::parse(trace_file(std::vector{late.events(), early.events()}));
  std::vector<double> starts;
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "X") starts.push_back(event.at("ts"));
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[1], 0.0);
  EXPECT_NEAR(starts[0], 5e6, 1e3);
  const int64_t epoch_ns = std::stoll(trace.at("otherData").at("epoch_ns").get<std::string>());
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_NEAR(static_cast<double>(epoch_ns) * 1e-9, std::chrono::duration<double>(wall).count(),
              3600);
}

TEST(Trace, IsAFileAlsoWithoutEvents) {
  const json trace = json::parse(trace_file(std::vector{Trace(0, 0, 1, 10).events()}));
  EXPECT_EQ(trace.at("otherData").at("epoch_ns"), "0");
  EXPECT_EQ(trace.at("traceEvents").size(), 1u);  // the name of the process
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
  const json file = json::parse(trace_file(std::vector{trace.events()}));
  EXPECT_EQ(file.at("traceEvents").size(), 1001u);  // and the process's name
}

std::string text_of(const ProgressLine& line, size_t room = 200) {
  std::string buffer(room, '\0');
  return std::string(format_progress(line, buffer));
}

TEST(ProgressLine, ShowsWhatIsKnownAndLeavesOutTheRest) {
  EXPECT_EQ(text_of({.step = 3}), "step 3");
  EXPECT_EQ(text_of({.step = 120,
                     .steps = 3000,
                     .periods_done = 2.4,
                     .periods = 60,
                     .headlines = {{{"loss", 0.43123}, {"accuracy", 0.8312, true}}},
                     .samples_per_second = 12345,
                     .exchange_share = 0.042,
                     .seconds_left = 3723}),
            "step 120/3000  epoch 2.40/60  loss 0.4312  accuracy 83.1 %  12.3k samples/s  "
            "exchange 4 %  ETA 1:02:03");
  EXPECT_EQ(text_of({.step = 7, .period = "round", .periods_done = 3}), "step 7  round 3.00");
  EXPECT_EQ(text_of({.step = 3, .samples_per_second = 7.251, .seconds_left = 59.6}),
            "step 3  7.25 samples/s  ETA 1:00");
  EXPECT_EQ(text_of({.step = 3, .samples_per_second = 2.5e6}), "step 3  2.50M samples/s");
}

TEST(ProgressLine, IsCutToTheRoomThereIs) {
  const ProgressLine line{.step = 123456, .headlines = {{{"loss", 1}}}};
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
        {.step = step, .steps = 100, .samples = 500 * step, .waited_s = 0.25 * step});
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

}  // namespace
}  // namespace laconic
