// A small training state whose values are a function of the step, so that a test knows at once
// whether what it loaded is old, new, or a mixture.
#pragma once

#include <numeric>
#include <vector>

#include "framework/device/state.hpp"

namespace laconic {

struct ToyState {
  std::vector<float> parameters = std::vector<float>(1000);
  std::vector<double> moments = std::vector<double>(300);
  std::vector<float> empty;
  int64_t step = 0;

  explicit ToyState(int64_t at = 0) { set(at); }
  void set(int64_t at) {
    step = at;
    std::iota(parameters.begin(), parameters.end(), static_cast<float>(at));
    std::iota(moments.begin(), moments.end(), static_cast<double>(2 * at));
  }
  StateList list() {
    StateList state;
    state.add("model/parameters", std::span(parameters));
    state.add("optimizer/moment1", std::span(moments));
    state.add("optimizer/nothing", std::span(empty));
    state.add_value("loop/step", step);
    return state;
  }
  bool operator==(const ToyState&) const = default;
};

}  // namespace laconic
