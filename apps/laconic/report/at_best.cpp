#include "apps/laconic/report/at_best.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::report {
namespace {

// Returns the index of the best value, or of the last finite one if no direction is declared.
size_t best_of(const std::vector<double>& values, Better better) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (better == Better::neither ? std::isfinite(values[i])
                                  : is_better(better, values[i], values[best]))
      best = i;
  return best;
}

double value_at_step(const Curve& curve, double step) {
  const auto found = std::ranges::find(curve.steps, step);
  return found == curve.steps.end()
             ? std::nan("")
             : curve.values[static_cast<size_t>(found - curve.steps.begin())];
}

}  // namespace

double value_at_best(const Run& run, const std::string& figure) {
  const double value = metric_of(run.result, figure);
  const auto monitor = run.curves.find(run.score.monitor.name), curve = run.curves.find(figure);
  if (std::isfinite(value) || monitor == run.curves.end() || curve == run.curves.end())
    return value;
  const size_t best = best_of(monitor->second.values, run.score.monitor.better);
  return value_at_step(curve->second, monitor->second.steps[best]);
}

}  // namespace laconic::report
