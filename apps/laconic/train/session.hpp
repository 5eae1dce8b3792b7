// What a run hangs from: its configuration, its ranks, its folder. Owned by the verb, used by the
// method.
#pragma once

#include <memory>
#include <optional>

#include "apps/laconic/options.hpp"
#include "apps/laconic/train/run_folder.hpp"
#include "comm/exchange.hpp"
#include "framework/base/context.hpp"

namespace laconic {

class Session {
 public:
  // Collective. Opens (or, at the other ranks, learns of) the run folder.
  Session(Config config, std::unique_ptr<comm::Communicator> communicator,
          comm::Exchange::LastResort last_resort = {});

  const Options& options() const { return config_.options; }
  const Config& config() const { return config_; }
  const Context& context() const { return context_; }
  comm::Exchange& exchange() { return *exchange_; }
  bool is_root() const { return exchange_->rank() == 0; }
  RunFolder& folder() { return *folder_; }

 private:
  Config config_;
  Context context_;
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<RunFolder> folder_;
};

// `threads`: compute threads where the options leave their number open.
Context make_context(const Options& options, int threads);

}  // namespace laconic
