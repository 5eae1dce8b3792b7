// Counts what a run has used so far on this rank: seconds by phase, bytes, rounds. The counts
// include all earlier starts of the run.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "comm/exchange/exchange.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

class Ledger {
 public:
  // Starts the clock of this start.
  // Lifetime: `exchange` must outlive this object.
  explicit Ledger(comm::Exchange& exchange);

  PhaseTimer& timer() { return timer_; }
  double seconds() const;      // of wall time
  int64_t rounds() const;      // of the exchange
  int64_t bytes_sent() const;  // by this rank, in sums of gradients

  // Returns the figures that checkpoint attributes and result.json store: "ranks" (at rank 0, an
  // array of objects, see rank_figures.hpp), "rounds", "seconds", "phases" (kinds by name).
  // `dense_elements`: floats that a dense sum per round would carry. Collective.
  nlohmann::json gather(int64_t dense_elements);
  // Continues the counts from a checkpoint's attributes, which gather() returned.
  void restore(const nlohmann::json& attributes);

 private:
  nlohmann::json rank_figures(int64_t dense_elements) const;

  comm::Exchange& exchange_;
  PhaseTimer timer_;
  Phase exchange_phase_;  // its time is kept by the exchange itself
  double started_s_;
  // The counts of earlier starts:
  comm::Traffic traffic_;
  std::map<std::string, int64_t> sent_by_phase_;
  int64_t rounds_ = 0;
  double seconds_ = 0;
};

}  // namespace laconic
