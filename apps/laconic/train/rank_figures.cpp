#include "apps/laconic/train/rank_figures.hpp"

#include <algorithm>
#include <map>
#include <string>
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

json max_and_mean(const std::vector<double>& values) {
  return {{"max", std::ranges::max(values)}, {"mean", mean(values)}};
}

}  // namespace

json comm_section(const json& ranks) {
  json section = json::object();
  for (const char* key :
       {"bytes_sent", "bytes_received", "messages", "rounds", "dense_equivalent_bytes"}) {
    const std::vector<double> values = column(ranks, key);
    section[key] = max_and_mean(values);
  }
  std::map<std::string, std::vector<double>> by_phase;
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
  for (size_t i = 0; i < phase_names.size(); ++i)
    section[phase_names[i]] = ranks.at(0).at("phases").at(i);
  return section;
}

json time_over_ranks(const json& ranks) {
  json section = json::object();
  for (size_t i = 0; i < phase_names.size(); ++i) {
    const std::vector<double> values = phase_column(ranks, i);
    const auto most = std::ranges::max_element(values);
    section[phase_names[i]] = {{"min", std::ranges::min(values)},
                               {"mean", mean(values)},
                               {"max", *most},
                               {"max_rank", most - values.begin()}};
  }
  return section;
}

json straggler(const json& ranks) {
  if (ranks.size() < 2) return nullptr;
  std::vector<double> work(ranks.size());
  for (const Phase phase : {Phase::data, Phase::forward, Phase::backward, Phase::update}) {
    const std::vector<double> values = phase_column(ranks, static_cast<size_t>(phase));
    for (size_t r = 0; r < work.size(); ++r) work[r] += values[r];
  }
  const auto most = std::ranges::max_element(work);
  const double excess = *most - mean(work);
  json section = {{"rank", most - work.begin()}, {"excess_s", excess}};
  if (mean(work) > 0) section["excess"] = excess / mean(work);
  return section;
}

json time_shares(const json& ranks, double total_seconds) {
  const auto mean_of = [&](Phase phase) {
    return mean(phase_column(ranks, static_cast<size_t>(phase)));
  };
  json section = json::object();
  if (total_seconds <= 0) return section;
  section["checkpoint"] = mean_of(Phase::checkpoint) / total_seconds;
  const double exchange = mean_of(Phase::exchange), exposed = mean_of(Phase::exchange_exposed);
  if (ranks.size() < 2 || exchange <= 0) return section;
  section["exchange_exposed"] = exposed / total_seconds;
  section["exchange_hidden"] = std::max(0.0, 1 - exposed / exchange);
  return section;
}

double largest(const json& ranks, const char* key) {
  return std::ranges::max(column(ranks, key));
}

}  // namespace laconic
