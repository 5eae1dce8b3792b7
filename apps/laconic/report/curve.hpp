// A curve is a quantity over the steps of a run. thin() reduces the curves of runs that differ in
// their seed to few points for a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace laconic::report {

struct Curve {
  std::vector<double> steps;
  std::vector<double> values;  // NaN if the value was not finite
  int64_t not_finite() const;
};

struct Point {
  double x = 0;                        // the step, unless a chart has another axis
  double mean = 0, low = 0, high = 0;  // NaN: no value is finite
};

// Returns at most `most` points over the steps of all curves. Each point stands for neighbouring
// steps. Of one curve it has the mean, the smallest and the largest value, so that peaks stay
// visible. Of several curves it has the mean, the smallest and the largest of their means. Values
// that are not finite are ignored. If no value of a point is finite, the point is NaN.
std::vector<Point> thin(std::span<const Curve* const> curves, size_t most);

}  // namespace laconic::report
