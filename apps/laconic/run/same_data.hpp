// Checks that a run continues with the same data. It compares the names and hashes of their parts:
// a learner reports them (Facts::data), and a checkpoint stores them (attribute "data").
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "apps/laconic/run/session.hpp"

namespace laconic {

// Returns the changes: "edges: 300 nodes, 1f3a... then, 450 nodes, 90ab... now; ...". Empty if
// there are none, or if the checkpoint stores no hashes (older versions).
std::string changed_data(const nlohmann::json& attributes, const nlohmann::json& now);

// Compares the data, unless this start allows changes. All ranks must pass the same `now`.
// AgreedError(data) on all ranks if the data changed.
void check_same_data(const Session& session, const nlohmann::json& attributes,
                     const nlohmann::json& now);

}  // namespace laconic
