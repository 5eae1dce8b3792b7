#include "framework/observe/trace.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

int64_t wall_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

// Returns what to add to the steady clock for nanoseconds since 1970. Of several readings it takes
// the one during which the least time passed, since a thread may be interrupted between two clocks.
int64_t wall_offset_ns() {
  int64_t offset = 0, least = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 16; ++i) {
    const int64_t before = steady_ns(), wall = wall_ns(), passed = steady_ns() - before;
    if (passed >= least) continue;
    least = passed;
    offset = wall - before - passed / 2;
  }
  return offset;
}

// Names a process or a thread in the viewer.
nlohmann::json metadata(const char* what, int rank, int thread, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", rank}, {"tid", thread}, {"args", {{"name", name}}}};
}

// Formats nanoseconds as microseconds, exactly.
std::string microseconds(int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
}

}  // namespace

int64_t steady_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

Trace::Trace(int rank, int64_t first_step, int64_t end_step, int64_t capacity)
    : rank_(rank),
      first_step_(first_step),
      end_step_(end_step),
      wall_offset_ns_(wall_offset_ns()),
      events_(static_cast<size_t>(capacity)) {}

int Trace::add_thread(const std::string& name) {
  threads_.push_back(name);
  return static_cast<int>(threads_.size()) - 1;
}

void Trace::set_step(int64_t step) {
  step_.store(step, std::memory_order_relaxed);
  recording_ = step >= first_step_ && step < end_step_;
}

void Trace::record(const char* name, int thread, int64_t start_ns, int64_t end_ns, const char* what,
                   int64_t number) {
  if (!is_recording()) return;
  const auto place = static_cast<size_t>(count_.fetch_add(1, std::memory_order_relaxed));
  if (place >= events_.size()) return;
  const int64_t step = step_.load(std::memory_order_relaxed);
  events_[place] = {name, thread, start_ns, end_ns, step, what, number};
}

int64_t Trace::dropped() const {
  return std::max<int64_t>(0, count_.load() - static_cast<int64_t>(events_.size()));
}

// Start and duration are integers here, since a double cannot represent nanoseconds since 1970.
std::string Trace::events() const {
  nlohmann::json names = {metadata("process_name", rank_, 0, fmt::format("rank {}", rank_))};
  for (size_t i = 0; i < threads_.size(); ++i)
    names.push_back(metadata("thread_name", rank_, static_cast<int>(i), threads_[i]));
  nlohmann::json timed = nlohmann::json::array();
  const int64_t count = count_.load() - dropped();
  for (const Event& e : std::span(events_).first(static_cast<size_t>(count))) {
    nlohmann::json arguments = {{"step", e.step}};
    if (e.what != nullptr) arguments[e.what] = e.number;
    timed.push_back({{"name", e.name},
                     {"ph", "X"},
                     {"pid", rank_},
                     {"tid", e.thread},
                     {"start_ns", e.start_ns + wall_offset_ns_},
                     {"duration_ns", e.end_ns - e.start_ns},
                     {"args", std::move(arguments)}});
  }
  return nlohmann::json{{"names", names}, {"timed", timed}}.dump();
}

std::string trace_file(std::span<const std::string> events_of_ranks) {
  std::vector<nlohmann::json> ranks;
  constexpr int64_t none = std::numeric_limits<int64_t>::max();
  int64_t epoch_ns = none;
  for (const std::string& events : events_of_ranks) {
    ranks.push_back(nlohmann::json::parse(events));
    for (const nlohmann::json& e : ranks.back().at("timed"))
      epoch_ns = std::min(epoch_ns, e.at("start_ns").get<int64_t>());
  }
  std::vector<std::string> lines;
  for (const nlohmann::json& rank : ranks) {
    for (const nlohmann::json& name : rank.at("names")) lines.push_back(name.dump());
    for (const nlohmann::json& e : rank.at("timed"))
      lines.push_back(
          fmt::format(R"({{"name":{},"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"args":{}}})",
                      e.at("name").dump(), e.at("pid").dump(), e.at("tid").dump(),
                      microseconds(e.at("start_ns").get<int64_t>() - epoch_ns),
                      microseconds(e.at("duration_ns").get<int64_t>()), e.at("args").dump()));
  }
  return fmt::format(
      "{{\"displayTimeUnit\":\"ms\",\"otherData\":{{\"epoch_ns\":\"{}\"}},"
      "\"traceEvents\":[\n{}\n]}}\n",
      epoch_ns == none ? 0 : epoch_ns, fmt::join(lines, ",\n"));
}

}  // namespace laconic
