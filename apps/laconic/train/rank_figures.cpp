#include "apps/laconic/train/rank_figures.hpp"

#include <algorithm>
#include <vector>

#include "framework/observe/phase_timer.hpp"

namespace laconic {
namespace {

using nlohmann::json;

std::vector<double> column(const json& ranks, const char* key) {
  std::vector<double> values;
  for (const json& rank : ranks) values.push_back(rank.at(key));
  return values;
}

std::vector<double> phase_column(const json& ranks, size_t phase) {
  std::vector<double> values;
  for (const json& rank : ranks) values.push_back(rank.at("phases").at(phase));
  return values;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

}  // namespace

json comm_section(const json& ranks) {
  json section = json::object();
  for (const char* key :
       {"bytes_sent", "bytes_received", "messages", "rounds", "dense_equivalent_bytes"}) {
    const std::vector<double> values = column(ranks, key);
    section[key] = {{"max", std::ranges::max(values)}, {"mean", mean(values)}};
  }
  return section;
}

json time_section(const json& ranks, double total_seconds) {
  json section = {{"total", total_seconds}};
  for (size_t i = 0; i < phase_names.size(); ++i)
    section[phase_names[i]] = ranks.at(0).at("phases").at(i);
  return section;
}

json time_over_ranks(const json& ranks) {
  json section = json::object();
  for (size_t i = 0; i < phase_names.size(); ++i) {
    const std::vector<double> values = phase_column(ranks, i);
    section[phase_names[i]] = {{"min", std::ranges::min(values)},
                               {"mean", mean(values)},
                               {"max", std::ranges::max(values)}};
  }
  return section;
}

double largest(const json& ranks, const char* key) {
  return std::ranges::max(column(ranks, key));
}

}  // namespace laconic
