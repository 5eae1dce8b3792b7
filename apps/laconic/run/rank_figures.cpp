#include "apps/laconic/run/rank_figures.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace laconic {
namespace {

using nlohmann::json;
using Columns = std::map<std::string, std::vector<double>>;  // a value per rank

std::vector<double> column(const json& ranks, const char* key) {
  std::vector<double> values;
  for (const json& rank : ranks) values.push_back(rank.at(key));
  return values;
}

// Returns the seconds of each rank by phase; 0 if a rank does not have the phase.
Columns phase_columns(const json& ranks) {
  Columns columns;
  for (size_t r = 0; r < ranks.size(); ++r)
    for (const auto& [phase, seconds] : seconds_by_phase(ranks[r].at("phases"))) {
      columns[phase].resize(ranks.size());
      columns[phase][r] = seconds;
    }
  return columns;
}

// Returns the seconds that each rank spends in the phases of this kind.
std::vector<double> kind_column(const json& ranks, std::span<const RunPhase> phases,
                                std::string_view kind) {
  const Columns columns = phase_columns(ranks);
  std::vector<double> sum(ranks.size());
  for (const RunPhase& phase : phases)
    if (const auto found = columns.find(phase.name); phase.kind == kind && found != columns.end())
      for (size_t r = 0; r < sum.size(); ++r) sum[r] += found->second[r];
  return sum;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

json max_and_mean(const std::vector<double>& values) {
  return {{"max", std::ranges::max(values)}, {"mean", mean(values)}};
}

}  // namespace

json comm_section(const json& ranks) {
  json section = json::object();
  for (const char* key :
       {"bytes_sent", "bytes_received", "messages", "rounds", "dense_equivalent_bytes"})
    if (ranks.at(0).contains(key)) section[key] = max_and_mean(column(ranks, key));
  Columns by_phase;
  for (size_t r = 0; r < ranks.size(); ++r) {
    const json sent = ranks[r].value("sent_by_phase", json::object());  // older checkpoints: none
    for (const auto& [phase, bytes] : sent.items()) {
      by_phase[phase].resize(ranks.size());
      by_phase[phase][r] = bytes.get<double>();
    }
  }
  for (const auto& [phase, values] : by_phase)
    section["sent_by_phase"][phase] = max_and_mean(values);
  return section;
}

json time_section(const json& ranks, double total_seconds) {
  json section = {{"total", total_seconds}};
  section.update(seconds_by_phase(ranks.at(0).at("phases")));
  return section;
}

json time_over_ranks(const json& ranks) {
  json section = json::object();
  for (const auto& [phase, values] : phase_columns(ranks)) {
    const auto most = std::ranges::max_element(values);
    section[phase] = {{"min", std::ranges::min(values)},
                      {"mean", mean(values)},
                      {"max", *most},
                      {"max_rank", most - values.begin()}};
  }
  return section;
}

json straggler(const json& ranks, std::span<const RunPhase> phases) {
  const std::vector<double> work = kind_column(ranks, phases, "work");
  if (ranks.size() < 2 || mean(work) <= 0) return nullptr;
  const auto most = std::ranges::max_element(work);
  const double excess = *most - mean(work);
  return {{"rank", most - work.begin()}, {"excess_s", excess}, {"excess", excess / mean(work)}};
}

json time_shares(const json& ranks, std::span<const RunPhase> phases, double total_seconds) {
  json section = json::object();
  if (total_seconds <= 0) return section;
  const Columns columns = phase_columns(ranks);
  if (const auto found = columns.find("checkpoint"); found != columns.end())
    section["checkpoint"] = mean(found->second) / total_seconds;
  const double hidden = mean(kind_column(ranks, phases, "hidden")),
               exposed = mean(kind_column(ranks, phases, "wait"));
  if (ranks.size() < 2 || hidden + exposed <= 0) return section;
  section["exchange_exposed"] = exposed / total_seconds;
  if (hidden > 0) section["exchange_hidden"] = std::max(0.0, 1 - exposed / hidden);
  return section;
}

double largest(const json& ranks, const char* key) {
  return std::ranges::max(column(ranks, key));
}

}  // namespace laconic
