#include "apps/laconic/run/session.hpp"

#include <omp.h>

#include <algorithm>
#include <cstdio>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/run/launch_check.hpp"
#include "framework/base/process.hpp"
#include "framework/observe/trace.hpp"
#include "framework/ops/gemm/gemm.hpp"

namespace laconic {

Context make_context(const Config& config, int threads) {
  const ComputeOptions& compute = config.get<ComputeOptions>();
  Context context;
  context.seed = static_cast<uint64_t>(config.seed());
  context.threads = compute.threads > 0 ? static_cast<int>(compute.threads) : threads;
  context.isa = detect_isa();
  constexpr std::pair<IsaChoice, Isa> choices[] = {{IsaChoice::generic, Isa::generic},
                                                   {IsaChoice::avx2, Isa::avx2},
                                                   {IsaChoice::avx512, Isa::avx512}};
  for (const auto& [choice, isa] : choices) {
    if (compute.isa != choice) continue;
    if (isa > context.isa)
      fail(ExitCode::environment, "compute.isa: {}: this processor offers {} at most",
           isa_name(isa), isa_name(context.isa));
    context.isa = isa;
  }
  if (!ops::limit_gemm(context.isa))
    fail(ExitCode::environment, "compute.isa: {}: this process has computed with more already",
         isa_name(context.isa));
  omp_set_num_threads(context.threads);  // of this thread: oneDNN's products follow it
  return context;
}

Session::Session(Config config, std::unique_ptr<comm::Communicator> communicator, Start start)
    : config_(std::move(config)), start_(std::move(start)) {
  exchange_ =
      std::make_unique<comm::Exchange>(std::move(communicator), config_.comm(), start_.last_resort);
  const int threads =
      agree_on_threads(*exchange_, static_cast<int>(config_.get<ComputeOptions>().threads));
  together(*exchange_, [&] { context_ = make_context(config_, threads); });
  same_everywhere(
      *exchange_,
      fmt::format("executable {}\ninstruction set {}\n", build_id(), isa_name(context_.isa)),
      "use the same executable everywhere, and set compute.isa to what all processors "
      "offer");
  together(*exchange_, [&] { folder_ = std::make_unique<RunFolder>(config_, exchange_->rank()); });
  if (is_root() && start_.early_stop)
    start_.early_stop->before_end([this](const std::string& message) {
      std::fprintf(stderr, "laconic: %s\n", message.c_str());
      folder_->finish(ExitCode::stopped, message);
    });
  folder_->share(*exchange_);
}

bool Session::is_last_step(int64_t step) const {
  const int64_t most = config_.get<RunOptions>().max_steps;
  return most > 0 && step >= most;
}

bool Session::cuts_short(int64_t steps) const {
  const int64_t most = config_.get<RunOptions>().max_steps;
  return most > 0 && (steps == 0 || most < steps);
}

int64_t Session::last_step(int64_t steps) const {
  return cuts_short(steps) ? config_.get<RunOptions>().max_steps : steps;
}

std::unique_ptr<StopRequest> Session::make_stop_request() {
  if (!folder_->is_owner()) return std::make_unique<StopRequest>(real_files());
  return std::make_unique<StopRequest>(
      real_files(),
      StopRequest::Watch{folder_->path(), job_end(), config_.get<RunOptions>().stop_margin,
                         wall_seconds, steady_seconds, [this] { return folder_->is_in_place(); }});
}

}  // namespace laconic
