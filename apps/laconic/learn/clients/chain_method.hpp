// What the methods on clients share: the keys that count rounds, their checks, and the learner.
#pragma once

#include "apps/laconic/learn/clients/phases.hpp"
#include "apps/laconic/learn/clients/problem.hpp"

namespace laconic {

struct RoundOptions {
  int64_t rounds = 100, clients_per_round = 0;
  bool probe = false;
  void describe(config::Fields& f);
};

// Reports a mistake between method.clients_per_round and the number of clients.
void check_rounds(const Config& config, const RoundOptions& options, const config::Checks& checks);

// Makes the learner of a chain of phases on the configured problem.
// Lifetime: the pointers of the plan must outlive it.
std::unique_ptr<Learner> make_chain(const Environment& environment, const RoundOptions& options,
                                    std::vector<PhasePlan> plan);

}  // namespace laconic
