// What a chain of phases reports: figures after each round, and the facts for `plan` and the log.
#pragma once

#include "apps/laconic/learn/clients/phases.hpp"

namespace laconic {

// The first figures of a chain.
struct ChainFigures {
  size_t loss = 0, lr = 0, phase = 0, selected = 0, client_bytes = 0;
  static ChainFigures declare(Figures& figures);
  // `phase` is the one that had the round, from 0.
  void set(Figures& figures, const RoundReport& report, int64_t phase, int64_t client_bytes) const;
};

// Returns the period of a chain: a round.
Period round_period(int64_t done, int64_t total);

template <class T>
void describe_chain(const Cohort<T>& cohort, const Phases<T>& phases, const ChainSettings& settings,
                    int ranks, Facts& facts);

}  // namespace laconic
