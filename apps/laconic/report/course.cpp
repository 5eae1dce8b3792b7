#include "apps/laconic/report/course.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::report {
namespace {

using nlohmann::json;

std::vector<double> numbers(const json& course, const char* key) {
  std::vector<double> values;
  if (const auto list = course.find(key); list != course.end() && list->is_array())
    for (const json& value : *list)
      values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  return values;
}

}  // namespace

double Course::at_step(const std::vector<double>& what, double step) const {
  const auto next = std::ranges::lower_bound(steps, step);
  if (next == steps.end()) return std::nan("");
  const auto i = static_cast<size_t>(next - steps.begin());
  const double x = i == 0 ? 0 : steps[i - 1], y = i == 0 ? 0 : what[i - 1];
  return steps[i] == x ? what[i] : y + (what[i] - y) * (step - x) / (steps[i] - x);
}

Course course_of(const Run& run) {
  const auto stored = run.result.find("course");
  if (stored == run.result.end() || !stored->is_object()) return {};
  Course course{numbers(*stored, "step"),    numbers(*stored, "score"),
                numbers(*stored, "seconds"), numbers(*stored, "bytes_sent"),
                numbers(*stored, "samples"), number_at(*stored, "trained_s")};
  const size_t n = course.steps.size();
  if (course.scores.size() != n || course.seconds.size() != n || course.bytes.size() != n ||
      !std::ranges::is_sorted(course.steps))
    return {};
  // A method that counts no samples stores zeros.
  if (course.samples.size() != n || (n > 0 && course.samples.back() == 0)) course.samples.clear();
  return course;
}

}  // namespace laconic::report
