#include "apps/laconic/run/course.hpp"

#include <cmath>

#include "framework/observe/trace.hpp"

namespace laconic {

void Course::begin() {
  began_s_ = steady_seconds();
}

double Course::seconds() const {
  return began_s_ < 0 ? before_s_ : before_s_ + steady_seconds() - began_s_;
}

void Course::add(int64_t step, double score, int64_t bytes, int64_t samples) {
  // A run that is continued may evaluate its last step again.
  if (!steps_.empty() && steps_.back() == step) return;
  steps_.push_back(step);
  scores_.push_back(score);
  bytes_.push_back(bytes);
  samples_.push_back(samples);
  seconds_.push_back(seconds());
}

nlohmann::json Course::json() const {
  return {{"trained_s", seconds()}, {"step", steps_},
          {"score", scores_},  // JSON has null for NaN
          {"seconds", seconds_},    {"bytes_sent", bytes_},
          {"samples", samples_}};
}

void Course::restore(const nlohmann::json& stored) {
  if (!stored.is_object()) return;
  before_s_ = stored.at("trained_s");
  stored.at("step").get_to(steps_);
  stored.at("bytes_sent").get_to(bytes_);
  stored.at("seconds").get_to(seconds_);
  samples_ = stored.value("samples", std::vector<int64_t>(steps_.size()));
  for (const nlohmann::json& score : stored.at("score"))
    scores_.push_back(score.is_null() ? std::nan("") : score.get<double>());
}

}  // namespace laconic
