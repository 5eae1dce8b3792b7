// What a run that has not finished can say of its time and bytes: its newest checkpoint knows them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/file.hpp"

namespace laconic::report {

// The sections of result.json that follow from the manifest of the newest complete checkpoint in
// `folder`: `ranks`, `steps`, `time_s`, `comm`, `memory_bytes`. An empty object when there is none.
nlohmann::json figures_of_newest_checkpoint(FileSystem& files, const std::string& folder);

}  // namespace laconic::report
