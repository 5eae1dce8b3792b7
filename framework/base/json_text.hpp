// Reads JSON from files that may be cut, edited, or written by other programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "framework/base/error.hpp"

namespace laconic {

// The largest allowed depth of a value. Copying and printing are recursive, so a deeper value could
// overflow the stack.
inline constexpr int deepest_json = 64;

// Returns the value of `text`. Error(data) if the text is not JSON or is nested too deeply.
inline nlohmann::json parse_json(std::string_view text) {
  const auto check = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > deepest_json) fail(ExitCode::data, "is nested deeper than {} levels", deepest_json);
    return true;
  };
  try {
    return nlohmann::json::parse(text, check);
  } catch (const nlohmann::json::exception& error) {
    fail(ExitCode::data, "is no JSON: {}", error.what());
  }
}

}  // namespace laconic
