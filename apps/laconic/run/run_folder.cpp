#include "apps/laconic/run/run_folder.hpp"

#include <spdlog/spdlog.h>

#include "apps/laconic/run/run_marker.hpp"
#include "apps/laconic/run/stop_request.hpp"
#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/observe/log_file.hpp"

namespace laconic {
namespace {

// Returns run.dir, or with `new` the first free name among run.dir, run.dir-2, run.dir-3, ...
std::string choose_path(FileSystem& files, const Config& config, bool& resumes) {
  const RunOptions& run = config.get<RunOptions>();
  const std::string dir = run.dir.empty() ? "runs/" + config.name() : run.dir;
  const Occupant occupant = occupant_of(files, dir);
  const bool is_run = occupant == Occupant::run || occupant == Occupant::started;
  resumes = is_run && run.if_exists == IfExists::resume;
  if (resumes || occupant == Occupant::nobody) return dir;
  if (run.if_exists == IfExists::another)
    for (int i = 2;; ++i)
      if (const std::string path = dir + "-" + std::to_string(i); !files.exists(path)) return path;
  if (occupant == Occupant::started) return dir;
  if (is_run)
    fail(ExitCode::cannot_create,
         "run.dir: {} is there already; continue it with: laconic resume {}; or set run.if_exists "
         "to resume or new",
         dir, dir);
  fail(ExitCode::cannot_create,
       "run.dir: {} is there already and is no run of laconic; choose another run.dir, or set "
       "run.if_exists to new",
       dir);
}

bool is_completed(FileSystem& files, const std::string& folder) {
  try {
    return read_outcome(files, folder).status == RunStatus::completed;
  } catch (const Error&) {  // damaged: the checkpoint counts
    return false;
  }
}

bool has_checkpoint(FileSystem& files, const std::string& folder) {
  return !steps_in_order_of_trust(files, folder).empty();
}

}  // namespace

RunFolder::RunFolder(const Config& config, int rank) : config_(config) {
  if (rank != 0) return;
  FileSystem& files = real_files();
  path_ = choose_path(files, config, resumes_);
  if (!resumes_) {
    files.make_directories(path_);
    mark_run(files, path_);
  }
  require_own_names(files, path_);
  held_ = std::make_unique<HeldFolder>(path_);
  lock_ = std::make_unique<RunLock>(path_);
  owner_ = true;
  for (const std::string& problem : recover_folder(files, checkpoints()))
    spdlog::warn("{}", problem);
  if (resumes_ && !has_checkpoint(files, checkpoints())) {
    spdlog::warn("{}: no checkpoint to resume, starting from the beginning", path_);
    resumes_ = false;
  }
  if (resumes_ && files.exists(path_ + "/outcome.json")) {
    earlier_outcome_ = files.read(path_ + "/outcome.json");
    completed_ = is_completed(files, path_);
  }
  outcome_.process = this_process();
  outcome_.started = wall_seconds();
  if (!completed_) begin_writing();
}

void RunFolder::begin_writing() {
  FileSystem& files = real_files();
  writing_ = true;
  mark_run(files, path_);
  separate_logs(files, path_);
  forget_requests(files, path_);
  remove_leftovers(files, path_,
                   {"laconic-run.json", "outcome.json", "result.json", "config.yaml", "trace.json",
                    "metrics.jsonl", "log.rank0.txt"});
  if (!resumes_ || !files.exists(path_ + "/config.yaml"))
    write_atomically(files, path_ + "/config.yaml", config_.resolved().to_yaml());
  write_outcome(files, path_, outcome_);  // after config.yaml: a run with an outcome can be resumed
  files.make_directories(checkpoints());
  spdlog::default_logger()->sinks().push_back(make_log_file(files, path_ + "/log.rank0.txt"));
}

RunFolder::~RunFolder() {
  if (!writing_) return;
  auto& sinks = spdlog::default_logger()->sinks();
  if (sinks.size() > 1) sinks.pop_back();
}

void RunFolder::share(comm::Exchange& exchange) {
  path_ = exchange.broadcast(path_, 0);
  const auto all_know = [&](bool& fact) {
    fact = exchange.broadcast(std::string(fact ? "1" : "0"), 0) == "1";
  };
  all_know(resumes_);
  all_know(completed_);
}

void RunFolder::open_logs(int64_t first_step, int64_t metrics_length, bool tensorboard) {
  FileSystem& files = real_files();
  if (!writing_) begin_writing();
  const std::string metrics = path_ + "/metrics.jsonl";
  if (files.exists(metrics)) truncate_log(files, metrics, metrics_length);
  metrics_ = std::make_unique<MetricsLog>(files, metrics);
  if (tensorboard)
    events_ = std::make_unique<EventWriter>(files, path_ + "/tensorboard", outcome_.process.host,
                                            wall_seconds(), first_step);
}

void RunFolder::require_in_place() const {
  if (!owner_ || is_in_place()) return;
  const std::string now = held_->present_path();
  if (now.empty()) fail(ExitCode::environment, "{}: was deleted while the run used it", path_);
  fail(ExitCode::environment,
       "{}: was moved to {} while the run used it; continue from its last checkpoint with: laconic "
       "resume {}",
       path_, now, now);
}

void RunFolder::finish(ExitCode code, const std::string& message) {
  if (!writing_ || finished_) return;
  finished_ = true;
  if (code == ExitCode::config && !earlier_outcome_.empty())  // refused before anything was done
    return write_atomically(real_files(), path_ + "/outcome.json", earlier_outcome_);
  outcome_.status = status_of(code);
  outcome_.code = code;
  outcome_.message = message;
  const std::string folder = is_in_place() ? path_ : held_->present_path();
  if (!folder.empty()) write_outcome(real_files(), folder, outcome_);
}

void RunFolder::write_result(nlohmann::json result) {
  laconic::write_result(real_files(), path_, std::move(result));
}

}  // namespace laconic
