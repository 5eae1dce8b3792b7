// An axis of a chart: its range, its scale, its ticks.
#pragma once

#include <string>
#include <vector>

namespace laconic::report {

// by_range: logarithmic if all values are positive and span decades.
enum class Scale { by_range, linear, logarithmic };

struct Range {
  Range();
  void add(double v);  // ignores what is not finite
  bool empty() const { return low > high; }
  double low, high;
};

struct Tick {
  double value = 0;
  std::string text;
};

class Axis {
 public:
  // `range` is not empty. A logarithmic axis begins above 0: `range` has positive values only.
  Axis(Range range, Scale scale, bool percent = false);

  // Returns 0 for the low end and 1 for the high end of the range.
  double place(double v) const;
  // Returns at most `most` ticks (2 or more) at round values.
  std::vector<Tick> ticks(int most) const;
  bool is_logarithmic() const { return logarithmic_; }

 private:
  std::string text(double v) const;

  Range range_;
  bool logarithmic_;
  bool percent_;  // ticks show 100 times the value
};

}  // namespace laconic::report
