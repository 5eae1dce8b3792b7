#include "apps/laconic/report/checkpoint_figures.hpp"

#include <fmt/format.h>

#include "apps/laconic/run/rank_figures.hpp"
#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic::report {

nlohmann::json figures_of_newest_checkpoint(FileSystem& files, const std::string& folder) {
  for (const int64_t step : steps_in_order_of_trust(files, folder)) {
    try {
      const Manifest manifest = read_manifest(files, fmt::format("{}/{}", folder, step_name(step)));
      const nlohmann::json& ranks = manifest.attributes.at("ranks");
      const double seconds = manifest.attributes.at("seconds");
      const std::vector<RunPhase> phases = phases_of(manifest.attributes);
      nlohmann::json result = {{"ranks", manifest.ranks},
                               {"steps", manifest.step},
                               {"time_s", time_section(ranks, seconds)},
                               {"time_over_ranks_s", time_over_ranks(ranks)},
                               {"straggler", straggler(ranks, phases)},
                               {"shares", time_shares(ranks, phases, seconds)},
                               {"comm", comm_section(ranks)},
                               {"memory_bytes", {{"peak_host", largest(ranks, "peak_host")}}}};
      for (const char* key : {"monitor", "better", "figures", "phases", "course"})
        if (manifest.attributes.contains(key)) result[key] = manifest.attributes[key];
      return result;
    } catch (const std::exception&) {  // damaged: try the next one
    }
  }
  return nlohmann::json::object();
}

}  // namespace laconic::report
