// What a run says about itself at its end and in its checkpoints: figures of every rank, gathered
// at rank 0.
#include <cmath>

#include "apps/laconic/train/rank_figures.hpp"
#include "apps/laconic/train/scores_json.hpp"
#include "apps/laconic/train/trainer.hpp"
#include "apps/laconic/version.hpp"
#include "framework/base/process.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
nlohmann::json Trainer::rank_figures() {
  comm::Traffic traffic = session_.exchange().gradient_traffic();
  traffic += earlier_traffic_;
  std::map<std::string, int64_t> sent_by_phase = session_.exchange().sent_by_phase();
  for (const auto& [phase, bytes] : earlier_sent_by_phase_) sent_by_phase[phase] += bytes;
  nlohmann::json phases = nlohmann::json::array();
  for (size_t i = 0; i < phase_names.size(); ++i)
    phases.push_back(timer_.seconds(static_cast<Phase>(i)));
  phases[static_cast<size_t>(Phase::exchange)] =
      timer_.seconds(Phase::exchange) + session_.exchange().time().busy_s;
  const int64_t rounds = earlier_rounds_ + session_.exchange().rounds();
  const double ranks = session_.exchange().size();
  return {
      {"bytes_sent", traffic.bytes_sent},
      {"bytes_received", traffic.bytes_received},
      {"messages_sent", traffic.messages_sent},
      {"messages_received", traffic.messages_received},
      {"messages", traffic.messages_sent},
      {"rounds", rounds},
      // What a ring allreduce of the whole gradient sends a round.
      {"dense_equivalent_bytes", static_cast<double>(rounds) * 8.0 *
                                     static_cast<double>(parameters_.size()) * (ranks - 1) / ranks},
      {"sent_by_phase", sent_by_phase},
      {"phases", phases},
      {"peak_host", peak_host_memory()}};
}

nlohmann::json Trainer::checkpoint_attributes() {
  const std::vector<std::string> all = session_.exchange().gather(rank_figures().dump());
  nlohmann::json ranks = nlohmann::json::array();
  for (const std::string& text : all) ranks.push_back(nlohmann::json::parse(text));
  return {{"config", numeric_config(session_.config().resolved)},
          {"graph", task_->network().to_json()},
          {"ranks", ranks},
          {"rounds", earlier_rounds_ + session_.exchange().rounds()},
          {"seconds", earlier_seconds_ + steady_seconds() - started_s_},
          {"metrics_length", session_.is_root() ? session_.folder().metrics().length() : 0}};
}

nlohmann::json Trainer::result() {
  const std::vector<std::string> all = session_.exchange().gather(rank_figures().dump());
  if (!session_.is_root()) return {};
  nlohmann::json ranks = nlohmann::json::array();
  for (const std::string& text : all) ranks.push_back(nlohmann::json::parse(text));
  nlohmann::json metrics = scores_json(state_.best_scores);
  metrics["last"] = scores_json(state_.last_scores);
  metrics["best_step"] = state_.best_step;
  const double total = earlier_seconds_ + steady_seconds() - started_s_;
  nlohmann::json comm = comm_section(ranks);
  comm["counted"] = session_.exchange().counts_bytes();
  return {{"status", "completed"},
          {"method", options_.method},
          {"problem", task_->name()},
          {"ranks", session_.exchange().size()},
          {"threads", session_.context().threads},
          {"isa", isa_name(session_.context().isa)},
          {"seed", options_.seed},
          {"steps", state_.step},
          {"epochs", state_.position.epoch},
          {"metrics", metrics},
          {"time_s", time_section(ranks, total)},
          {"time_over_ranks_s", time_over_ranks(ranks)},
          {"straggler", straggler(ranks)},
          {"shares", time_shares(ranks, total)},
          {"comm", comm},
          {"memory_bytes",
           {{"peak_host", largest(ranks, "peak_host")},
            {"activations", executor_.arena_bytes()},
            {"parameters", parameters_.size() * sizeof(float)},
            {"optimizer", optimizer_.state_bytes()}}},
          {"parameters", parameters_.size()},
          {"config_hash", session_.config().resolved.hash()},
          {"git", version::git},
          {"host", this_process().host}};
}

}  // namespace laconic
