#include "apps/laconic/train/run_table.hpp"

#include <fmt/format.h>

#include "framework/observe/phase_timer.hpp"

namespace laconic {
namespace {

using nlohmann::json;

std::string phase_line(const std::string& phase, const json& seconds, double total, bool one_rank) {
  const double mean = seconds.at("mean");
  std::string line = fmt::format("{:18}{:9.3f}", phase, mean);
  if (!one_rank)
    line += fmt::format("{:9.3f}{:9.3f}  {:>6}", seconds.at("min").get<double>(),
                        seconds.at("max").get<double>(), seconds.at("max_rank").get<int64_t>());
  return line + fmt::format("{:8.1f} %\n", total > 0 ? 100 * mean / total : 0);
}

std::string straggler_line(const json& straggler) {
  return fmt::format(
      "straggler: rank {}, whose own work takes {:.2f} s ({:.1f} %) more than the mean\n",
      straggler.at("rank").get<int64_t>(), straggler.at("excess_s").get<double>(),
      100 * straggler.value("excess", 0.0));
}

std::string shares_line(const json& shares) {
  std::string line;
  if (shares.contains("exchange_exposed"))
    line += fmt::format("exchange: {:.1f} % of the time waited for it, {:.1f} % of it was hidden; ",
                        100 * shares.at("exchange_exposed").get<double>(),
                        100 * shares.at("exchange_hidden").get<double>());
  if (shares.contains("checkpoint"))
    line += fmt::format("checkpoints: {:.1f} %", 100 * shares.at("checkpoint").get<double>());
  return line.empty() ? "" : line + "\n";
}

}  // namespace

std::string run_table(const json& result) {
  if (!result.contains("time_over_ranks_s") || !result.contains("time_s")) return "";
  const json& phases = result.at("time_over_ranks_s");
  const double total = result.at("time_s").at("total");
  const bool one_rank = result.at("ranks").get<int64_t>() == 1;
  std::string table =
      fmt::format("{:18}{:>9}{}{:>10}\n", "seconds", "mean",
                  one_rank ? "" : fmt::format("{:>9}{:>9}  {:>6}", "min", "max", "rank"), "of all");
  for (const char* phase : phase_names)
    if (phases.contains(phase)) table += phase_line(phase, phases.at(phase), total, one_rank);
  table += fmt::format("{:18}{:9.3f}\n", "total", total);
  const json straggler = result.value("straggler", json()), shares = result.value("shares", json());
  if (straggler.is_object()) table += straggler_line(straggler);
  if (shares.is_object()) table += shares_line(shares);
  return table;
}

}  // namespace laconic
