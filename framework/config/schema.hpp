// The schema as documentation, walked from the same Fields that the parser reads: what is printed
// here cannot differ from what is accepted.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/config/field.hpp"

namespace laconic::config {

// One table a group: key, type, default, allowed, unit, when it is used, help.
std::string markdown(const Fields& fields, const std::string& title);

// JSON Schema, draft 2020-12, for editors: unknown keys refused, enumerations, ranges, defaults,
// help. Conditions are in the descriptions only: a key that is not used is no error.
nlohmann::ordered_json json_schema(const Fields& fields, const std::string& title);

// Short help for one key ("optimizer.lr") or a group and all below it ("optimizer"; "" =
// everything). Error(usage) with the nearest names when there is no such key.
std::string help_text(const Fields& fields, const std::string& path);

}  // namespace laconic::config
