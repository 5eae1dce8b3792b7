// Prints the schema as documentation. It uses the same Fields as the parser, so the documentation
// always agrees with the keys that are accepted.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/config/field.hpp"

namespace laconic::config {

// Returns one table per group: key, type, default, allowed, unit, condition of use, help.
std::string markdown(const Fields& fields, const std::string& title);

// Returns a JSON Schema, draft 2020-12, for editors, with enumerations, ranges, defaults and help.
// It refuses unknown keys. Conditions are in the descriptions only, since an unused key is allowed.
// `id`: its $id, an absolute URI.
nlohmann::ordered_json json_schema(const Fields& fields, const std::string& id,
                                   const std::string& title);
// Returns the schema of the value of each key by its path: {"optimizer.lr": {...}, ...}.
nlohmann::ordered_json json_schema_of_keys(const Fields& fields);

// Returns short help for one key ("optimizer.lr"), or for a group and all keys below it
// ("optimizer"; "" = all). Error(usage) with the nearest names if there is no such key.
std::string help_text(const Fields& fields, const std::string& path);

}  // namespace laconic::config
