#include "framework/observe/trace.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

int64_t wall_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

// A name for a process or thread in the viewer.
std::string metadata(const char* what, int rank, int thread, const std::string& name) {
  return nlohmann::json{
      {"name", what}, {"ph", "M"}, {"pid", rank}, {"tid", thread}, {"args", {{"name", name}}}}
      .dump();
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
      wall_offset_ns_(wall_ns() - steady_ns()),
      events_(static_cast<size_t>(capacity)) {}

int Trace::add_thread(const std::string& name) {
  threads_.push_back(name);
  return static_cast<int>(threads_.size()) - 1;
}

void Trace::set_step(int64_t step) {
  recording_ = step >= first_step_ && step < end_step_;
}

void Trace::record(const char* name, int thread, int64_t start_ns, int64_t end_ns, const char* what,
                   int64_t number) {
  if (!is_recording()) return;
  const auto place = static_cast<size_t>(count_.fetch_add(1, std::memory_order_relaxed));
  if (place < events_.size()) events_[place] = {name, thread, start_ns, end_ns, what, number};
}

int64_t Trace::dropped() const {
  return std::max<int64_t>(0, count_.load() - static_cast<int64_t>(events_.size()));
}

std::string Trace::events() const {
  std::string text = metadata("process_name", rank_, 0, fmt::format("rank {}", rank_));
  for (size_t i = 0; i < threads_.size(); ++i)
    text += ",\n" + metadata("thread_name", rank_, static_cast<int>(i), threads_[i]);
  const int64_t count = count_.load() - dropped();
  for (const Event& e : std::span(events_).first(static_cast<size_t>(count))) {
    const std::string arguments =
        e.what == nullptr ? "" : fmt::format(",\"args\":{{\"{}\":{}}}", e.what, e.number);
    text += fmt::format(
        ",\n{{\"name\":\"{}\",\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f}{}}}",
        e.name, rank_, e.thread, static_cast<double>(e.start_ns + wall_offset_ns_) * 1e-3,
        static_cast<double>(e.end_ns - e.start_ns) * 1e-3, arguments);
  }
  return text;
}

std::string trace_file(std::span<const std::string> events_of_ranks) {
  return fmt::format("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n",
                     fmt::join(events_of_ranks, ",\n"));
}

}  // namespace laconic
