// A learner that is read from a run folder's newest checkpoint, for eval and predict. It has one
// rank and does not use MPI.
#pragma once

#include <memory>
#include <string>

#include "apps/laconic/run/learner.hpp"
#include "apps/laconic/run/ledger.hpp"

namespace laconic {

class SavedRun {
 public:
  // `best`: reads the state of the best evaluation so far instead of the newest state.
  // Error(no_checkpoint) if no checkpoint contains what the learner needs.
  // `other_data`: overrides of the configuration that name data which it was not trained on; empty:
  // the run's own data. Error(data) if the network does not fit them.
  SavedRun(const std::string& run_folder, bool best,
           const std::vector<std::string>& other_data = {});
  Learner& learner() { return *learner_; }

 private:
  Config config_;
  Context context_;
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Learner> learner_;
};

}  // namespace laconic
