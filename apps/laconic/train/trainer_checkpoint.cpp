// What of a run survives it: the state, when it is saved, and how a run goes on from it.
#include <spdlog/spdlog.h>

#include "apps/laconic/train/together.hpp"
#include "apps/laconic/train/trainer.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

void RunState::visit_state(StateList& state) {
  state.add_value("run/step", step);
  state.add_value("run/epoch", position.epoch);
  state.add_value("run/groups_done", position.groups_done);
  state.add_value("run/samples", samples);
  state.add_value("run/evaluations", evaluations);
  state.add_value("run/best_step", best_step);
  state.add_value("run/since_best", since_best);
  state.add_value("run/skipped", skipped);
  state.add_value("run/best_value", best_value);
  state.add("run/best_scores", std::span(best_scores));
  state.add("run/last_scores", std::span(last_scores));
}

StateList Trainer::state() {
  StateList list;
  list.add("parameters", std::span(parameters_));
  list.add("best/parameters", std::span(best_parameters_));
  optimizer_.visit_state(list);
  sum_.visit_state(list);
  state_.visit_state(list);
  return list;
}

void Trainer::resume() {
  comm::Exchange& exchange = session_.exchange();
  Loaded loaded;
  together(exchange, [&] {
    loaded = read_checkpoint(real_files(), session_.folder().checkpoints(), state(),
                             {exchange.rank(), exchange.size()},
                             [&](bool fine) { return exchange.all(fine); });
  });
  together(exchange, [&] {
    const nlohmann::json now = numeric_config(session_.config().resolved),
                         then = loaded.attributes.at("config");
    if (now != then)
      fail(ExitCode::config, "{}: the checkpoint was written with another configuration: {}",
           loaded.folder, nlohmann::json::diff(then, now).dump());
  });
  const nlohmann::json& mine =
      loaded.attributes.at("ranks").at(std::min<size_t>(exchange.rank(), loaded.ranks - 1));
  earlier_traffic_ = {mine.at("bytes_sent"), mine.at("bytes_received"), mine.at("messages_sent"),
                      mine.at("messages_received")};
  if (mine.contains("sent_by_phase")) mine["sent_by_phase"].get_to(earlier_sent_by_phase_);
  earlier_rounds_ = loaded.attributes.at("rounds");
  earlier_seconds_ = loaded.attributes.at("seconds");
  earlier_metrics_length_ = loaded.attributes.at("metrics_length");
  for (size_t i = 0; i < phase_names.size(); ++i)
    timer_.restore(static_cast<Phase>(i), mine.at("phases").at(i));
  if (session_.is_root()) spdlog::info("resumed {} at step {}", loaded.folder, state_.step);
}

bool Trainer::at_checkpoint() const {
  if (done()) return false;  // finish() saves, with the last evaluation
  if (save_requested_) return true;
  const int64_t epochs = options_.checkpoint.every_epochs, steps = options_.checkpoint.every_steps;
  if (steps > 0 && state_.step % steps == 0) return true;
  return epochs > 0 && epoch_ended() && state_.position.epoch % epochs == 0;
}

void Trainer::begin_checkpoint() {
  const auto timing = timer_.measure(Phase::checkpoint);
  if (session_.is_root() && checkpoints_ == 1 && options_.checkpoint.mtbf > 0)
    spdlog::info("a checkpoint takes {:.2g} s: one every {:.0f} s, {:.2g} % of the time at most",
                 clock_->write_s(), clock_->interval(),
                 100 * clock_->write_s() / clock_->interval());
  clock_->begun(steady_seconds());
  together(session_.exchange(), [&] {
    if (session_.is_root()) session_.folder().metrics().sync();
  });
  // A failure reaches all ranks; together() has one of them tell it.
  together(session_.exchange(),
           [&] { writer_->begin(state_.step, state(), checkpoint_attributes()); });
  checkpointed_step_ = state_.step;
}

void Trainer::advance_checkpoint() {
  const auto timing = timer_.measure(Phase::checkpoint);
  together(session_.exchange(), [&] { writer_->advance(); });
  if (writer_->in_progress()) return;
  failed_checkpoints_ = 0;
  clock_->done(steady_seconds());
  stop_request_->checkpoint_took(2 * clock_->write_s());  // the last one may wait for another
  ++checkpoints_;
}

void Trainer::complete_checkpoint() {
  while (writer_->in_progress()) advance_checkpoint();
}

// A full disk is no reason to lose what the ranks hold in memory: training goes on, and the next
// checkpoint may find room. The third failure in a row ends the run.
void Trainer::tolerate(const std::function<void()>& part_of_checkpoint) {
  constexpr int limit = 3;
  try {
    part_of_checkpoint();
  } catch (const AgreedError& error) {
    checkpointed_step_ = -1;
    const bool disk = error.code() == ExitCode::io || error.code() == ExitCode::cannot_create;
    if (!disk || ++failed_checkpoints_ >= limit) throw;
    if (error.mine())
      spdlog::warn("{}; training goes on (failure {} of {} in a row that end it)", error.what(),
                   failed_checkpoints_, limit);
  }
}

void Trainer::checkpoint() {
  if (checkpointed_step_ == state_.step) return;
  tolerate([this] {
    complete_checkpoint();
    begin_checkpoint();
  });
}

void Trainer::save() {
  if (checkpointed_step_ != state_.step) {
    tolerate([this] { complete_checkpoint(); });
    begin_checkpoint();
  }
  complete_checkpoint();
}

}  // namespace laconic
