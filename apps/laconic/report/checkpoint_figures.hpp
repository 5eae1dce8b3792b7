// Reads time, bytes and figures of an unfinished run from its newest checkpoint.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/file.hpp"

namespace laconic::report {

// Returns the sections of result.json that follow from the manifest of the newest complete
// checkpoint in `folder`: `ranks`, `steps`, `time_s`, `comm`, `memory_bytes`, and its `monitor`,
// `figures` and `phases`. Returns an empty object if there is no checkpoint.
nlohmann::json figures_of_newest_checkpoint(FileSystem& files, const std::string& folder);

}  // namespace laconic::report
