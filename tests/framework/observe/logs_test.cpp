// What programs read: metrics.jsonl, TensorBoard event files, outcome.json, result.json.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "framework/base/error.hpp"
#include "framework/observe/metrics.hpp"
#include "framework/observe/outcome.hpp"
#include "framework/observe/tensorboard.hpp"
#include "tests/framework/base/lying_files.hpp"

namespace laconic {
namespace {

using nlohmann::json;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void write(MetricsLog& log, int64_t step) {
  log.put("step", step);
  log.end_line();
}

class LogsTest : public testing::Test {
 protected:
  LogsTest() { files.make_directories("/run"); }
  LyingFiles files;
};

TEST_F(LogsTest, MetricsAreOneObjectALineAndThereAtOnce) {
  MetricsLog log(files, "/run/metrics.jsonl");
  log.put("step", int64_t{1});
  log.put("loss", 0.1);
  log.put("nan", nan);
  log.put("val/accuracy", 1.0);
  log.end_line();
  write(log, 2);
  const std::string text = files.read("/run/metrics.jsonl");
  EXPECT_EQ(log.length(), static_cast<int64_t>(text.size()));
  const size_t end = text.find('\n');
  EXPECT_EQ(json::parse(text.substr(0, end)),
            json({{"step", 1}, {"loss", 0.1}, {"nan", nullptr}, {"val/accuracy", 1}}));
  EXPECT_EQ(text.substr(end + 1), "{\"step\":2}\n");
}

TEST_F(LogsTest, NumbersOfMetricsAreReadBackToTheBit) {
  MetricsLog log(files, "/run/metrics.jsonl");
  const std::vector<double> numbers = {0.1, 1e-300, -2.5e17, 1.0 / 3, 123456789012345678.0};
  for (const double number : numbers) {
    log.put("x", number);
    log.end_line();
  }
  std::istringstream written(files.read("/run/metrics.jsonl"));
  std::string line;
  for (const double number : numbers) {
    ASSERT_TRUE(std::getline(written, line));
    EXPECT_EQ(json::parse(line).at("x").get<double>(), number);
  }
}

TEST_F(LogsTest, ATruncatedLogGoesOnAsIfNothingHadHappened) {
  const auto write_all = [](MetricsLog& log, int64_t first, int64_t end) {
    for (int64_t step = first; step < end; ++step) write(log, step);
  };
  int64_t length = 0;
  {
    MetricsLog log(files, "/run/a");
    write_all(log, 0, 5);
    length = log.length();
    write_all(log, 5, 9);
  }
  truncate_log(files, "/run/a", length);
  MetricsLog resumed(files, "/run/a"), straight(files, "/run/b");
  EXPECT_EQ(resumed.length(), length);
  write_all(resumed, 5, 12);
  write_all(straight, 0, 12);
  EXPECT_EQ(files.read("/run/a"), files.read("/run/b"));
}

TEST_F(LogsTest, ALogShorterThanRecordedIsKept) {
  MetricsLog log(files, "/run/a");
  write(log, 1);
  truncate_log(files, "/run/a", 1000);
  EXPECT_EQ(files.read("/run/a"), "{\"step\":1}\n");
  EXPECT_NO_THROW(truncate_log(files, "/run/none", 1000));
}

TEST_F(LogsTest, SyncedMetricsSurviveAPowerCut) {
  MetricsLog log(files, "/run/a");
  files.sync_directory("/run");
  write(log, 1);
  log.sync();
  write(log, 2);
  files.crash(Loses::everything_unsynced);
  EXPECT_EQ(files.read("/run/a"), "{\"step\":1}\n");
}

// An independent reader of event files: bit-by-bit CRC, and a walk over any message's fields.
uint32_t slow_crc32c(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool flip = ((crc ^ (static_cast<uint8_t>(c) >> bit)) & 1) != 0;
      crc = (crc >> 1) ^ (flip ? 0x82F63B78u : 0u);
    }
  return crc ^ 0xFFFFFFFF;
}

template <class T>
T take(std::string_view& text) {
  T value;
  EXPECT_GE(text.size(), sizeof value);
  std::memcpy(&value, text.data(), sizeof value);  // little-endian, as the machines that run this
  text.remove_prefix(sizeof value);
  return value;
}

void expect_crc(std::string_view bytes, uint32_t masked) {
  const uint32_t crc = slow_crc32c(bytes);
  EXPECT_EQ(masked, ((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
}

uint64_t take_varint(std::string_view& text) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = take<uint8_t>(text);
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
}

// Field number -> raw bytes of its (last) value.
std::map<uint64_t, std::string> fields(std::string_view message) {
  std::map<uint64_t, std::string> result;
  while (!message.empty()) {
    const uint64_t key = take_varint(message);
    size_t length = 0;
    if (key % 8 == 0) {
      const std::string_view before = message;
      take_varint(message);
      result[key / 8] = before.substr(0, before.size() - message.size());
      continue;
    }
    length = key % 8 == 1 ? 8 : key % 8 == 5 ? 4 : take_varint(message);
    result[key / 8] = message.substr(0, length);
    message.remove_prefix(length);
  }
  return result;
}

std::vector<std::string> records(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::string_view header = text.substr(0, 8);
    const auto length = take<uint64_t>(text);
    expect_crc(header, take<uint32_t>(text));
    result.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
    expect_crc(result.back(), take<uint32_t>(text));
  }
  return result;
}

template <class T>
T as(const std::string& bytes) {
  std::string_view text = bytes;
  return take<T>(text);
}

TEST(Crc32c, GivesTheKnownAnswers) {
  const auto crc = [](std::string_view text) {
    return crc32c(std::as_bytes(std::span(text.data(), text.size())));
  };
  EXPECT_EQ(crc("123456789"), 0xE3069283u);
  EXPECT_EQ(crc(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(crc(std::string(32, '\xFF')), 0x62A8AB43u);
}

TEST_F(LogsTest, EventFilesReadBackWithAnIndependentReader) {
  EventWriter writer(files, "/run/tensorboard", "node1", 1700000000.5, 40);
  EXPECT_EQ(writer.path(), "/run/tensorboard/events.out.tfevents.1700000000.node1");
  writer.scalar("train/loss", 0.25f, 41, 1700000001.25);
  writer.scalar(std::string(300, 't'), -1.0f, int64_t{1} << 40, 2.0);
  const auto events = records(files.read(writer.path()));
  ASSERT_EQ(events.size(), 4u);

  EXPECT_EQ(fields(events[0]).at(3), "brain.Event:2");
  EXPECT_EQ(fields(events[1]).at(7), "\x08\x01");  // SessionLog START
  EXPECT_EQ(fields(events[1]).at(2), "\x28");      // at step 40

  auto event = fields(events[2]);
  EXPECT_EQ(as<double>(event.at(1)), 1700000001.25);
  EXPECT_EQ(event.at(2), "\x29");
  auto value = fields(fields(event.at(5)).at(1));
  EXPECT_EQ(value.at(1), "train/loss");
  EXPECT_EQ(as<float>(value.at(2)), 0.25f);

  event = fields(events[3]);
  std::string_view step = event.at(2);
  EXPECT_EQ(take_varint(step), uint64_t{1} << 40);
  EXPECT_EQ(fields(fields(event.at(5)).at(1)).at(1), std::string(300, 't'));
}

TEST_F(LogsTest, EventFilesHoldTextsAndHyperparameters) {
  EventWriter writer(files, "/run/tensorboard", "node1", 5, 1);
  writer.text("configuration", "# a", 1, 5.5);
  writer.hyperparameters({{"on", true}, {"lr", 0.5}, {"kind", "gcn"}, {"list", {1, 2}}}, 1, 5.5);
  const auto events = records(files.read(writer.path()));
  ASSERT_EQ(events.size(), 4u);

  auto value = fields(fields(fields(events[2]).at(5)).at(1));
  EXPECT_EQ(value.at(1), "configuration");
  EXPECT_EQ(fields(fields(value.at(9)).at(1)).at(1), "text");
  EXPECT_EQ(fields(value.at(8)).at(1), "\x07");  // DT_STRING
  EXPECT_EQ(fields(value.at(8)).at(8), "# a");

  value = fields(fields(fields(events[3]).at(5)).at(1));
  EXPECT_EQ(value.at(1), "_hparams_/session_start_info");
  const auto plugin = fields(fields(value.at(9)).at(1));
  EXPECT_EQ(plugin.at(1), "hparams");
  std::string_view start = std::string_view(plugin.at(2)).substr(2 + (plugin.at(2).size() > 129));
  std::map<std::string, std::map<uint64_t, std::string>> found;
  for (int i = 0; i < 4; ++i) {  // in alphabetic order
    EXPECT_EQ(take_varint(start), 8 * 1 + 2u);
    const auto entry = fields(start.substr(1, static_cast<size_t>(start[0])));
    start.remove_prefix(1 + static_cast<size_t>(start[0]));
    found[entry.at(1)] = fields(entry.at(2));
  }
  EXPECT_EQ(found.at("on").at(4), "\x01");
  EXPECT_EQ(as<double>(found.at("lr").at(2)), 0.5);
  EXPECT_EQ(found.at("kind").at(3), "gcn");
  EXPECT_EQ(found.at("list").at(3), "[1,2]");
}

TEST_F(LogsTest, ARunResumedWithinASecondGetsAnEventFileOfItsOwn) {
  const EventWriter first(files, "/run/tensorboard", "h", 5.0, 0);
  const EventWriter second(files, "/run/tensorboard", "h", 5.0, 3);
  EXPECT_NE(first.path(), second.path());
  EXPECT_EQ(records(files.read(first.path())).size(), 2u);
}

TEST_F(LogsTest, ARunResumedAfterTheClockWentBackGetsTheLastEventFile) {
  const EventWriter first(files, "/run/tensorboard", "b", 5000.0, 0);
  const EventWriter second(files, "/run/tensorboard", "a", 10.0, 3);
  EXPECT_LT(first.path(), second.path());
  files.create("/run/tensorboard/events.out.tfevents.notes");
  files.create("/run/tensorboard/events.out.tfevents.9999999999.other");  // nothing sorts behind it
  const EventWriter third(files, "/run/tensorboard", "a", 9.0, 4);
  EXPECT_LT(second.path(), third.path());
}

TEST_F(LogsTest, OutcomeComesBackAndIsNeverHalfWritten) {
  const Outcome running{RunStatus::running, ExitCode::success, 0, "", {"h", 12, 34}, 1000.0};
  write_outcome(files, "/run", running);
  EXPECT_FALSE(json::parse(files.read("/run/outcome.json")).contains("code"));
  EXPECT_EQ(read_outcome(files, "/run").status, RunStatus::running);

  Outcome end = running;
  end.code = ExitCode::stopped;
  end.status = status_of(end.code);
  end.step = 77;
  end.message = "SIGTERM \xFF";  // not UTF-8: replaced, not thrown
  write_outcome(files, "/run", end);
  const Outcome back = read_outcome(files, "/run");
  EXPECT_EQ(back.status, RunStatus::stopped);
  EXPECT_EQ(back.code, ExitCode::stopped);
  EXPECT_EQ(back.step, 77);
  EXPECT_EQ(back.process.pid, 12);
  EXPECT_EQ(back.process.host, "h");
  EXPECT_EQ(back.started, 1000.0);

  files.corrupt("/run/outcome.json", "{\"status\":");
  EXPECT_THROW(read_outcome(files, "/run"), Error);
  files.corrupt("/run/outcome.json", "{\"status\": 3}");
  EXPECT_THROW(read_outcome(files, "/run"), Error);
}

TEST(Outcome, StatusFollowsFromTheExitCode) {
  EXPECT_EQ(status_of(ExitCode::success), RunStatus::completed);
  EXPECT_EQ(status_of(ExitCode::stopped), RunStatus::stopped);
  EXPECT_EQ(status_of(ExitCode::diverged), RunStatus::failed);
}

TEST_F(LogsTest, ResultLeavesOutWhatDoesNotApply) {
  write_result(files, "/run",
               {{"status", "completed"},
                {"metrics", {{"val", {{"loss", nan}}}, {"test", {{"accuracy", 0.5}}}}},
                {"git", nullptr},
                {"time_s", {{"total", 3.0}}}});
  const json back = json::parse(files.read("/run/result.json"));
  EXPECT_EQ(back.at("metrics"), json({{"test", {{"accuracy", 0.5}}}}));
  EXPECT_FALSE(back.contains("git"));
  EXPECT_EQ(back.at("time_s").at("total"), 3.0);
}

TEST_F(LogsTest, ResultRefusesAKeyThatIsNotDocumented) {
  EXPECT_THROW(write_result(files, "/run", {{"stauts", "completed"}}), Error);
  EXPECT_FALSE(files.exists("/run/result.json"));
}

}  // namespace
}  // namespace laconic
