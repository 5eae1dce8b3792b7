// Makes result.json, which a run writes at its end (docs/formats.md).
#pragma once

#include <nlohmann/json.hpp>

#include "apps/laconic/run/best.hpp"
#include "apps/laconic/run/ledger.hpp"
#include "apps/laconic/run/session.hpp"

namespace laconic {

// Returns the result at rank 0; null at other ranks. Collective.
// `state`: everything that a checkpoint of the run contains.
nlohmann::json make_result(Session& session, Learner& learner, const Facts& facts, Ledger& ledger,
                           const Best& best, const StateList& state);

}  // namespace laconic
