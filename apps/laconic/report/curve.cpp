#include "apps/laconic/report/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/base/equal_cut.hpp"

namespace laconic::report {
namespace {

struct Pool {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  size_t count = 0;

  void add(double v) {
    if (!std::isfinite(v)) return;
    mean =
        ++count == 1 ? v : mean + (v - mean) / static_cast<double>(count);  // a sum could overflow
    low = std::min(low, v);
    high = std::max(high, v);
  }
};

std::vector<double> steps_of(std::span<const Curve* const> curves) {
  if (curves.size() == 1) return curves[0]->steps;
  std::vector<double> steps;
  for (const Curve* curve : curves)
    steps.insert(steps.end(), curve->steps.begin(), curve->steps.end());
  std::ranges::sort(steps);
  steps.erase(std::ranges::unique(steps).begin(), steps.end());
  return steps;
}

}  // namespace

int64_t Curve::not_finite() const {
  return std::ranges::count_if(values, [](double v) { return !std::isfinite(v); });
}

std::vector<Point> thin(std::span<const Curve* const> curves, size_t most) {
  const std::vector<double> steps = steps_of(curves);
  const size_t points = std::min(steps.size(), most);
  std::vector<size_t> next(curves.size());  // of each curve the first value that no point has
  std::vector<Point> result;
  for (size_t p = 0; p < points; ++p) {
    const size_t begin = equal_cut(steps.size(), points, p);
    const size_t end = equal_cut(steps.size(), points, p + 1);
    Point point;
    for (size_t i = begin; i < end; ++i) point.x += steps[i] / static_cast<double>(end - begin);
    Pool all;
    for (size_t c = 0; c < curves.size(); ++c) {
      const Curve& curve = *curves[c];
      // Steps of a single curve keep their order, whatever it is.
      Pool mine;
      for (size_t& i = next[c]; i < curve.steps.size() &&
                                (curves.size() == 1 ? i < end : curve.steps[i] <= steps[end - 1]);
           ++i)
        mine.add(curve.values[i]);
      if (curves.size() == 1)
        all = mine;
      else
        all.add(mine.mean);
    }
    const bool none = all.count == 0;
    point.mean = all.mean;
    point.low = none ? all.mean : all.low;
    point.high = none ? all.mean : all.high;
    result.push_back(point);
  }
  return result;
}

}  // namespace laconic::report
