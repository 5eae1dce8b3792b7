// Damage done to the structure of a JSON text, which stays JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/framework/base/draw.hpp"

namespace laconic::fuzz {

// One to three of: another number, type or text; a member gone, added, doubled or copied over
// another; a key written twice; nesting without an end.
std::string mutate_json(nlohmann::json tree, Draw& draw);

}  // namespace laconic::fuzz
