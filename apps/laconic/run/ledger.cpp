#include "apps/laconic/run/ledger.hpp"

#include <algorithm>

#include "apps/laconic/run/phases.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
using nlohmann::json;

Ledger::Ledger(comm::Exchange& exchange)
    : exchange_(exchange),
      exchange_phase_(timer_.declare("exchange", PhaseKind::hidden)),
      started_s_(steady_seconds()) {}

double Ledger::seconds() const {
  return seconds_ + steady_seconds() - started_s_;
}

int64_t Ledger::rounds() const {
  return rounds_ + exchange_.rounds();
}

int64_t Ledger::bytes_sent() const {
  return traffic_.bytes_sent + exchange_.gradient_traffic().bytes_sent;
}

json Ledger::rank_figures(int64_t dense_elements) const {
  comm::Traffic traffic = exchange_.gradient_traffic();
  traffic += traffic_;
  std::map<std::string, int64_t> sent_by_phase = exchange_.sent_by_phase();
  for (const auto& [phase, bytes] : sent_by_phase_) sent_by_phase[phase] += bytes;
  json phases = json::object();
  for (size_t i = 0; i < timer_.specs().size(); ++i)
    phases[timer_.specs()[i].name] = timer_.seconds({i});
  // An exchange takes at least as long as others wait for it, which counts the time to wake up.
  phases["exchange"] = std::max(timer_.seconds(exchange_phase_) + exchange_.time().busy_s,
                                timer_.seconds(PhaseKind::wait));
  const double ranks = exchange_.size();
  return {{"bytes_sent", traffic.bytes_sent},
          {"bytes_received", traffic.bytes_received},
          {"messages_sent", traffic.messages_sent},
          {"messages_received", traffic.messages_received},
          {"messages", traffic.messages_sent},
          {"rounds", rounds()},
          // What a ring allreduce of the whole gradient sends per round.
          {"dense_equivalent_bytes", static_cast<double>(rounds()) * 8.0 *
                                         static_cast<double>(dense_elements) * (ranks - 1) / ranks},
          {"sent_by_phase", sent_by_phase},
          {"phases", phases},
          {"peak_host", peak_host_memory()}};
}

json Ledger::gather(int64_t dense_elements) {
  json ranks = json::array();
  for (const std::string& text : exchange_.gather(rank_figures(dense_elements).dump()))
    ranks.push_back(json::parse(text));
  json kinds = json::object();
  for (const PhaseTimer::Spec& spec : timer_.specs()) kinds[spec.name] = phase_kind_name(spec.kind);
  return {{"ranks", ranks}, {"rounds", rounds()}, {"seconds", seconds()}, {"phases", kinds}};
}

void Ledger::restore(const json& attributes) {
  const json& ranks = attributes.at("ranks");
  const json& mine = ranks.at(std::min<size_t>(exchange_.rank(), ranks.size() - 1));
  traffic_ = {mine.at("bytes_sent"), mine.at("bytes_received"), mine.at("messages_sent"),
              mine.at("messages_received")};
  if (mine.contains("sent_by_phase")) mine["sent_by_phase"].get_to(sent_by_phase_);
  rounds_ = attributes.at("rounds");
  seconds_ = attributes.at("seconds");
  const std::map<std::string, double> seconds = seconds_by_phase(mine.at("phases"));
  for (size_t i = 0; i < timer_.specs().size(); ++i)
    if (const auto found = seconds.find(timer_.specs()[i].name); found != seconds.end())
      timer_.restore({i}, found->second);
}

}  // namespace laconic
