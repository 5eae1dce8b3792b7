#include "apps/laconic/report/checkpoint_figures.hpp"

#include <fmt/format.h>

#include "apps/laconic/train/rank_figures.hpp"
#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic::report {

nlohmann::json figures_of_newest_checkpoint(FileSystem& files, const std::string& folder) {
  for (const int64_t step : steps_in_order_of_trust(files, folder)) {
    try {
      const Manifest manifest = read_manifest(files, fmt::format("{}/{}", folder, step_name(step)));
      const nlohmann::json& ranks = manifest.attributes.at("ranks");
      const double seconds = manifest.attributes.at("seconds");
      return {{"ranks", manifest.ranks},
              {"steps", manifest.step},
              {"time_s", time_section(ranks, seconds)},
              {"time_over_ranks_s", time_over_ranks(ranks)},
              {"straggler", straggler(ranks)},
              {"shares", time_shares(ranks, seconds)},
              {"comm", comm_section(ranks)},
              {"memory_bytes", {{"peak_host", largest(ranks, "peak_host")}}}};
    } catch (const std::exception&) {  // damaged: the next one
    }
  }
  return nlohmann::json::object();
}

}  // namespace laconic::report
