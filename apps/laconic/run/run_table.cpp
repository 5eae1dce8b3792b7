#include "apps/laconic/run/run_table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "apps/laconic/run/phases.hpp"
#include "apps/laconic/run/score.hpp"

namespace laconic {
namespace {

using nlohmann::json;

std::string phase_line(const json& result, const std::string& phase, double total, bool one_rank) {
  const auto of_phase = [&](const char* what) {
    return number_at(result, fmt::format("time_over_ranks_s/{}/{}", phase, what));
  };
  const double mean = of_phase("mean");
  if (std::isnan(mean)) return "";
  std::string line = fmt::format("{:18}{:9.3f}", phase, mean);
  if (!one_rank)
    line += fmt::format("{:9.3f}{:9.3f}  {:>6}", of_phase("min"), of_phase("max"),
                        of_phase("max_rank"));
  return line + fmt::format("{:8.1f} %\n", total > 0 ? 100 * mean / total : 0);
}

std::string straggler_line(const json& result) {
  const double rank = number_at(result, "straggler/rank");
  if (std::isnan(rank)) return "";
  return fmt::format(
      "straggler: rank {}, whose own work takes {:.2f} s ({:.1f} %) more than the mean\n", rank,
      number_at(result, "straggler/excess_s"), 100 * number_at(result, "straggler/excess"));
}

std::string shares_line(const json& result) {
  const double exposed = number_at(result, "shares/exchange_exposed"),
               hidden = number_at(result, "shares/exchange_hidden"),
               checkpoint = number_at(result, "shares/checkpoint");
  std::string line;
  if (!std::isnan(exposed))
    line += fmt::format("exchange: {:.1f} % of the time waited for it", 100 * exposed);
  if (!std::isnan(hidden)) line += fmt::format(", {:.1f} % of it was hidden", 100 * hidden);
  if (!line.empty()) line += "; ";
  if (!std::isnan(checkpoint)) line += fmt::format("checkpoints: {:.1f} %", 100 * checkpoint);
  return line.empty() ? "" : line + "\n";
}

}  // namespace

std::string run_table(const json& result) {
  const double total = number_at(result, "time_s/total");
  if (std::isnan(total)) return "";
  const bool one_rank = number_at(result, "ranks") == 1;
  std::string lines;
  for (const RunPhase& phase : phases_of(result))
    lines += phase_line(result, phase.name, total, one_rank);
  if (lines.empty()) return "";
  return fmt::format("{:18}{:>9}{}{:>10}\n", "seconds", "mean",
                     one_rank ? "" : fmt::format("{:>9}{:>9}  {:>6}", "min", "max", "rank"),
                     "of all") +
         lines + fmt::format("{:18}{:9.3f}\n", "total", total) + straggler_line(result) +
         shares_line(result);
}

}  // namespace laconic
