#include "apps/laconic/run/stop_request.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "framework/base/error.hpp"
#include "framework/base/process.hpp"
#include "framework/base/signals.hpp"

namespace laconic {
namespace {

constexpr int64_t farthest = 4'000'000'000;  // seconds since 1970

}  // namespace

std::optional<double> job_end(double now) {
  const char* variable = std::getenv("SLURM_JOB_END_TIME");
  if (variable == nullptr) return std::nullopt;
  const std::string_view text(variable);
  int64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = error == std::errc() && stop == text.data() + text.size();
  // If there is no limit, Slurm reports a number far in the future. A time in the past belongs to
  // another job, or the clocks differ. If a run stopped for it, it would be submitted for ever.
  if (is_number && seconds >= farthest) return std::nullopt;
  if (is_number && static_cast<double>(seconds) > now) return static_cast<double>(seconds);
  if (!text.empty() && text != "0")
    spdlog::warn("SLURM_JOB_END_TIME={} is {}; the run does not stop before the job ends",
                 text.substr(0, 40), is_number ? "over" : "no time in seconds since 1970");
  return std::nullopt;
}

void forget_requests(FileSystem& files, const std::string& run_folder) {
  for (const char* name : {"stop", "checkpoint"}) {
    const std::string path = fmt::format("{}/{}", run_folder, name);
    if (files.kind(path) == FileKind::file) files.remove_file(path);
  }
}

StopRequest::StopRequest(FileSystem& files, Watch watch) : files_(files), watch_(std::move(watch)) {
  stop_ = watch_->run_folder + "/stop";
  checkpoint_ = watch_->run_folder + "/checkpoint";
  last_poll_ = watch_->steady_seconds();
  last_look_ = last_poll_ - 1;
  if (!watch_->end) return;
  const double left = *watch_->end - watch_->wall_seconds();
  end_ = last_poll_ + left;
  spdlog::info(
      "the job ends at {}, in {:.0f} s: stops with a checkpoint {:.0f} s before, and what "
      "a step and a checkpoint take",
      utc_time(*watch_->end), left, watch_->margin_s);
  if (left < 2 * watch_->margin_s)
    spdlog::warn(
        "little time is left for training; ask for more (sbatch --time=...), or lower "
        "run.stop_margin");
}

StopRequest::Heard StopRequest::poll() {
  Heard heard;
  if (const auto signal = poll_signal()) {
    spdlog::info("{} received: stopping after this step", signal_name(*signal));
    heard.stop = true;
  }
  if (!watch_) return heard;
  const double now = watch_->steady_seconds();
  longest_step_s_ = std::max(longest_step_s_, now - last_poll_);
  last_poll_ = now;
  if (watch_->end && is_late(now)) heard.stop = true;
  if (now - last_look_ < (failed_ ? 10 : 1)) return heard;
  last_look_ = now;
  const Heard files = look_for_files();
  return {heard.stop || files.stop, files.checkpoint};
}

bool StopRequest::is_late(double now) {
  const double left = end_ - now;
  // The rest must suffice for this step, for an evaluation after it, and for the last checkpoint.
  if (left >= watch_->margin_s + longest_step_s_ + longest_checkpoint_s_) return false;
  spdlog::info("the job ends in {:.0f} s: stopping after this step", left);
  return true;
}

StopRequest::Heard StopRequest::look_for_files() {
  Heard heard;
  failed_ = false;
  if (!watch_->folder_in_place()) {
    spdlog::error("{} was moved or deleted: stopping after this step", watch_->run_folder);
    return {.stop = true};
  }
  if (is_requested(checkpoint_)) {
    heard.checkpoint = !taken_;
    if (heard.checkpoint) spdlog::info("{} found: a checkpoint after this step", checkpoint_);
    taken_ = true;
    attempt([&] { files_.remove_file(checkpoint_); });
  }
  if (!failed_) taken_ = false;
  if (is_requested(stop_)) {
    spdlog::info("{} found: stopping after this step", stop_);
    heard.stop = true;
  }
  return heard;
}

bool StopRequest::is_requested(const std::string& path) {
  bool found = false;
  attempt([&] { found = files_.kind(path) == FileKind::file; });
  return found;
}

// Calls `look`. An error is only a warning, since a later call may succeed.
void StopRequest::attempt(const std::function<void()>& look) {
  try {
    look();
  } catch (const Error& error) {
    failed_ = true;
    if (!warned_) spdlog::warn("{}; the run goes on", error.what());
    warned_ = true;
  }
}

void StopRequest::checkpoint_took(double seconds) {
  longest_checkpoint_s_ = std::max(longest_checkpoint_s_, seconds);
}

}  // namespace laconic
