#include "apps/laconic/train/run_folder.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "apps/laconic/train/stop_request.hpp"
#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic {
namespace {

// run.dir, or with `new` the first of run.dir-2, run.dir-3, ... that is free.
std::string choose_path(FileSystem& files, const RunSection& run, bool& resumes) {
  resumes = false;
  if (!files.exists(run.dir)) return run.dir;
  if (run.if_exists == "resume") {
    resumes = true;
    return run.dir;
  }
  if (run.if_exists == "new")
    for (int i = 2;; ++i)
      if (const std::string path = run.dir + "-" + std::to_string(i); !files.exists(path))
        return path;
  fail(ExitCode::cannot_create,
       "run.dir: {} is there already; continue it with: laconic resume {}; or set run.if_exists to "
       "resume or new",
       run.dir, run.dir);
}

}  // namespace

RunFolder::RunFolder(const Config& config, int rank) {
  if (rank != 0) return;
  FileSystem& files = real_files();
  path_ = choose_path(files, config.options.run, resumes_);
  files.make_directories(path_);
  lock_ = std::make_unique<RunLock>(path_);
  owner_ = true;
  forget_requests(files, path_);
  if (resumes_ && files.exists(path_ + "/outcome.json"))
    earlier_outcome_ = files.read(path_ + "/outcome.json");
  outcome_.process = this_process();
  outcome_.started = wall_seconds();
  write_outcome(files, path_, outcome_);
  files.make_directories(checkpoints());
  recover_folder(files, checkpoints());
  if (resumes_ && steps_in_order_of_trust(files, checkpoints()).empty()) {
    spdlog::warn("{}: no checkpoint to resume, starting from the beginning", path_);
    resumes_ = false;
  }
  if (!resumes_ || !files.exists(path_ + "/config.yaml"))
    write_atomically(files, path_ + "/config.yaml", config.resolved.to_yaml());
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path_ + "/log.rank0.txt");
  spdlog::default_logger()->sinks().push_back(sink);
  spdlog::default_logger()->flush_on(spdlog::level::info);
}

RunFolder::~RunFolder() {
  if (!owner_) return;
  auto& sinks = spdlog::default_logger()->sinks();
  if (sinks.size() > 1) sinks.pop_back();
}

void RunFolder::share(comm::Exchange& exchange) {
  path_ = exchange.broadcast(path_, 0);
  resumes_ = exchange.broadcast(std::string(resumes_ ? "1" : "0"), 0) == "1";
}

void RunFolder::open_logs(int64_t first_step, int64_t metrics_length, bool tensorboard) {
  FileSystem& files = real_files();
  const std::string metrics = path_ + "/metrics.jsonl";
  if (files.exists(metrics)) truncate_log(files, metrics, metrics_length);
  metrics_ = std::make_unique<MetricsLog>(files, metrics);
  if (tensorboard)
    events_ = std::make_unique<EventWriter>(files, path_ + "/tensorboard", outcome_.process.host,
                                            wall_seconds(), first_step);
}

void RunFolder::finish(ExitCode code, const std::string& message) {
  if (!owner_ || finished_) return;
  finished_ = true;
  if (code == ExitCode::config && !earlier_outcome_.empty())  // refused before anything was done
    return write_atomically(real_files(), path_ + "/outcome.json", earlier_outcome_);
  outcome_.status = status_of(code);
  outcome_.code = code;
  outcome_.message = message;
  write_outcome(real_files(), path_, outcome_);
}

void RunFolder::write_result(nlohmann::json result) {
  laconic::write_result(real_files(), path_, std::move(result));
}

}  // namespace laconic
