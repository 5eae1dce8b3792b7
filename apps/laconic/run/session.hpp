// A session owns what all parts of a run share: its configuration, its ranks, its folder.
#pragma once

#include <memory>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/run/early_stop.hpp"
#include "apps/laconic/run/run_folder.hpp"
#include "apps/laconic/run/stop_request.hpp"
#include "comm/exchange/exchange.hpp"
#include "framework/base/context.hpp"

namespace laconic {

// The settings of a start beside its configuration.
struct Start {
  comm::Exchange::LastResort last_resort = {};
  std::unique_ptr<EarlyStop> early_stop = {};  // ends when the first unit is next
  bool allow_changed_data = false;             // on resume
};

class Session {
 public:
  // Opens the run folder at rank 0, and sends its name to the other ranks. Collective.
  Session(Config config, std::unique_ptr<comm::Communicator> communicator, Start start = {});

  const Config& config() const { return config_; }
  const Context& context() const { return context_; }
  comm::Exchange& exchange() { return *exchange_; }
  bool is_root() const { return exchange_->rank() == 0; }
  RunFolder& folder() { return *folder_; }

  // Returns whether run.max_steps ends the run at `step`.
  bool is_last_step(int64_t step) const;
  // Returns whether run.max_steps ends a run of `steps` steps (0: not known) before its own end.
  bool cuts_short(int64_t steps) const;
  // Returns the step at which the run ends; 0: not known.
  int64_t last_step(int64_t steps) const;

  bool allows_changed_data() const { return start_.allow_changed_data; }

  // Makes the object that polls for signals after each unit. At rank 0 it also watches the run
  // folder and the end of the job.
  std::unique_ptr<StopRequest> make_stop_request();
  // From here on signals are pending until that object polls.
  void end_early_stop() { start_.early_stop.reset(); }

 private:
  Config config_;
  Context context_;
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<RunFolder> folder_;
  Start start_;  // after the folder: its thread may write there
};

// Makes the context. `threads`: number of compute threads if the options do not set it.
Context make_context(const Config& config, int threads);

}  // namespace laconic
