#include "apps/laconic/run/saved.hpp"

#include <spdlog/spdlog.h>

#include "apps/laconic/run/best.hpp"
#include "apps/laconic/run/method.hpp"
#include "apps/laconic/run/same_data.hpp"
#include "apps/laconic/run/session.hpp"
#include "comm/transport/transports.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

SavedRun::SavedRun(const std::string& run_folder, bool best,
                   const std::vector<std::string>& other_data)
    : config_(load_config(run_folder + "/config.yaml", other_data)),
      context_(make_context(config_, 1)),
      exchange_(std::make_unique<comm::Exchange>(comm::make_self(), config_.comm())),
      ledger_(std::make_unique<Ledger>(*exchange_)) {
  const std::string checkpoint = resolve_checkpoint(real_files(), run_folder);
  const nlohmann::json attributes = read_manifest(real_files(), checkpoint).attributes;
  learner_ = config_.method().make({.config = config_,
                                    .context = context_,
                                    .exchange = *exchange_,
                                    .timer = ledger_->timer(),
                                    .use = Environment::Use::evaluate,
                                    .ranks = 1,
                                    .trained = other_data.empty() ? nullptr : &attributes});
  if (const std::string changed = changed_data(attributes, learner_->facts().data);
      other_data.empty() && !changed.empty())
    spdlog::warn("{}: these are not the data that it was trained with: {}", run_folder, changed);
  learner_->prepare(attributes);
  int64_t best_step = -1;  // until the first evaluation there is no best: then the newest serves
  StateList progress;
  progress.add_value("best/step", best_step);
  read_named(real_files(), checkpoint, progress);
  StateList wanted;
  if (best && best_step >= 0)
    wanted = best_entries(*learner_);
  else
    learner_->visit_best(wanted);
  const NamedLoad load = read_named(real_files(), checkpoint, wanted);
  if (!load.missing.empty())
    fail(ExitCode::no_checkpoint, "{}: no tensor {} in its checkpoint", run_folder,
         load.missing[0]);
}

}  // namespace laconic
