// A quantity over the steps of a run, and how few points of it a picture needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace laconic::report {

struct Curve {
  std::vector<double> steps;
  std::vector<double> values;  // NaN where the run's was not finite
  int64_t not_finite() const;
};

struct Point {
  double step = 0;
  double mean = 0, low = 0, high = 0;  // NaN: nothing finite here
};

// At most `most` points: neighbours are put together as their mean, smallest and largest value, so
// that a peak is still seen. Values that are not finite count nowhere, unless there is nothing
// else.
std::vector<Point> thin(const Curve& curve, size_t most);

}  // namespace laconic::report
