#include "apps/laconic/report/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace laconic::report {

int64_t Curve::not_finite() const {
  return std::ranges::count_if(values, [](double v) { return !std::isfinite(v); });
}

std::vector<Point> thin(const Curve& curve, size_t most) {
  const size_t n = curve.values.size(), points = std::min(n, most);
  std::vector<Point> result;
  result.reserve(points);
  for (size_t p = 0; p < points; ++p) {
    const size_t begin = n * p / points, end = n * (p + 1) / points;
    Point point{0, 0, std::numeric_limits<double>::infinity(),
                -std::numeric_limits<double>::infinity()};
    size_t finite = 0;
    for (size_t i = begin; i < end; ++i) {
      point.step += curve.steps[i] / static_cast<double>(end - begin);
      const double v = curve.values[i];
      if (!std::isfinite(v)) continue;
      ++finite;
      point.mean += (v - point.mean) / static_cast<double>(finite);  // no sum that could overflow
      point.low = std::min(point.low, v);
      point.high = std::max(point.high, v);
    }
    if (finite == 0) point.mean = point.low = point.high = std::nan("");
    result.push_back(point);
  }
  return result;
}

}  // namespace laconic::report
