#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/config/field.hpp"

namespace laconic::sweep {

// Returns a JSON Schema, draft 2020-12, of sweep files (docs/sweeps.md). `configuration`: the keys
// that a sweep may set. `id`: its $id, an absolute URI.
nlohmann::ordered_json sweep_schema(const config::Fields& configuration, const std::string& id);

}  // namespace laconic::sweep
