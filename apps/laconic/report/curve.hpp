// A curve is a quantity over the steps of a run. thin() reduces it to few points for a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace laconic::report {

struct Curve {
  std::vector<double> steps;
  std::vector<double> values;  // NaN if the value was not finite
  int64_t not_finite() const;
};

struct Point {
  double step = 0;
  double mean = 0, low = 0, high = 0;  // NaN: no value is finite
};

// Returns at most `most` points. A point has the mean, the smallest and the largest value of
// neighbours, so that peaks stay visible. Values that are not finite are ignored. If no value of a
// point is finite, the point is NaN.
std::vector<Point> thin(const Curve& curve, size_t most);

}  // namespace laconic::report
