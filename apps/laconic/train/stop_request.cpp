#include "apps/laconic/train/stop_request.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "framework/base/error.hpp"
#include "framework/base/process.hpp"
#include "framework/base/signals.hpp"

namespace laconic {

std::optional<double> job_end() {
  const char* variable = std::getenv("SLURM_JOB_END_TIME");
  if (variable == nullptr) return std::nullopt;
  const std::string_view text(variable);
  int64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || stop != text.data() + text.size())
    fail(ExitCode::environment, "SLURM_JOB_END_TIME={}: must be seconds since 1970", text);
  return static_cast<double>(seconds);
}

void forget_requests(FileSystem& files, const std::string& run_folder) {
  for (const char* name : {"stop", "checkpoint"}) {
    const std::string path = fmt::format("{}/{}", run_folder, name);
    if (files.exists(path)) files.remove_all(path);
  }
}

StopRequest::StopRequest(FileSystem& files, Watch watch) : files_(files), watch_(std::move(watch)) {
  last_poll_ = watch_->wall_seconds();
  if (!watch_->end) return;
  const double left = *watch_->end - last_poll_;
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
  const double now = watch_->wall_seconds();
  longest_step_s_ = std::max(longest_step_s_, now - last_poll_);
  last_poll_ = now;
  if (watch_->end && is_late(now)) heard.stop = true;
  if (now - last_look_ < 1) return heard;
  last_look_ = now;
  const Heard files = look_for_files();
  return {heard.stop || files.stop, files.checkpoint};
}

bool StopRequest::is_late(double now) {
  const double left = *watch_->end - now;
  // What must still fit in: this step, with what may follow it, and the last checkpoint.
  if (left >= watch_->margin_s + longest_step_s_ + longest_checkpoint_s_) return false;
  spdlog::info("the job ends in {:.0f} s: stopping after this step", left);
  return true;
}

StopRequest::Heard StopRequest::look_for_files() {
  const std::string stop = watch_->run_folder + "/stop",
                    checkpoint = watch_->run_folder + "/checkpoint";
  Heard heard;
  if (files_.exists(checkpoint)) {
    spdlog::info("{} found: a checkpoint after this step", checkpoint);
    files_.remove_all(checkpoint);
    heard.checkpoint = true;
  }
  if (files_.exists(stop)) {
    spdlog::info("{} found: stopping after this step", stop);
    heard.stop = true;
  }
  return heard;
}

void StopRequest::checkpoint_took(double seconds) {
  longest_checkpoint_s_ = std::max(longest_checkpoint_s_, seconds);
}

}  // namespace laconic
