#include "apps/laconic/train/session.hpp"

#include <omp.h>

#include "apps/laconic/train/launch_check.hpp"
#include "apps/laconic/train/together.hpp"
#include "framework/ops/gemm/gemm.hpp"

namespace laconic {

Context make_context(const Options& options, int threads) {
  Context context;
  context.seed = static_cast<uint64_t>(options.seed);
  context.threads =
      options.compute.threads > 0 ? static_cast<int>(options.compute.threads) : threads;
  context.isa = detect_isa();
  for (const Isa isa : {Isa::generic, Isa::avx2, Isa::avx512}) {
    if (options.compute.isa != isa_name(isa)) continue;
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

Session::Session(Config config, std::unique_ptr<comm::Communicator> communicator,
                 comm::Exchange::LastResort last_resort)
    : config_(std::move(config)) {
  exchange_ = std::make_unique<comm::Exchange>(std::move(communicator), config_.options.comm,
                                               std::move(last_resort));
  const int threads =
      agree_on_threads(*exchange_, static_cast<int>(config_.options.compute.threads));
  together(*exchange_, [&] { context_ = make_context(config_.options, threads); });
  together(*exchange_, [&] { folder_ = std::make_unique<RunFolder>(config_, exchange_->rank()); });
  folder_->share(*exchange_);
}

}  // namespace laconic
