#include "apps/laconic/report/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/base/equal_cut.hpp"

namespace laconic::report {

int64_t Curve::not_finite() const {
  return std::ranges::count_if(values, [](double v) { return !std::isfinite(v); });
}

std::vector<Point> thin(const Curve& curve, size_t most) {
  const size_t n = curve.values.size(), points = std::min(n, most);
  std::vector<Point> result;
  result.reserve(points);
  for (size_t p = 0; p < points; ++p) {
    const size_t begin = equal_cut(n, points, p), end = equal_cut(n, points, p + 1);
    Point point{0, 0, std::numeric_limits<double>::infinity(),
                -std::numeric_limits<double>::infinity()};
    size_t finite = 0;
    for (size_t i = begin; i < end; ++i) {
      point.step += curve.steps[i] / static_cast<double>(end - begin);
      const double v = curve.values[i];
      if (!std::isfinite(v)) continue;
      ++finite;
      point.mean += (v - point.mean) / static_cast<double>(finite);  // a sum could overflow
      point.low = std::min(point.low, v);
      point.high = std::max(point.high, v);
    }
    if (finite == 0) point.mean = point.low = point.high = std::nan("");
    result.push_back(point);
  }
  return result;
}

}  // namespace laconic::report
