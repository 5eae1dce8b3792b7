#include "framework/observe/phase_timer.hpp"

#include <string_view>

#include "framework/base/error.hpp"

namespace laconic {

const char* phase_kind_name(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::work:
      return "work";
    case PhaseKind::wait:
      return "wait";
    case PhaseKind::hidden:
      return "hidden";
    case PhaseKind::other:
      return "other";
  }
  return "other";
}

Phase PhaseTimer::declare(const char* name, PhaseKind kind) {
  for (size_t i = 0; i < specs_.size(); ++i)
    if (std::string_view(specs_[i].name) == name) return {i};
  LACONIC_CHECK(specs_.size() < most_phases, "more than {} phases", most_phases);
  specs_.push_back({name, kind});
  return {specs_.size() - 1};
}

double PhaseTimer::seconds(PhaseKind kind) const {
  double sum = 0;
  for (size_t i = 0; i < specs_.size(); ++i)
    if (specs_[i].kind == kind) sum += seconds(Phase{i});
  return sum;
}

}  // namespace laconic
