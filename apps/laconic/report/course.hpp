// The course of a run as its result or its newest checkpoint stores it
// (apps/laconic/run/course.hpp). It tells what each step of the run had cost.
#pragma once

#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Lists of equal length, of the evaluations in their order.
struct Course {
  std::vector<double> steps;
  std::vector<double> scores;   // NaN: not finite
  std::vector<double> seconds;  // since the first unit began
  std::vector<double> bytes;    // that rank 0 has sent
  std::vector<double> samples;  // that all ranks have worked on; empty: not recorded
  double trained_s = 0;

  // Returns `what` (seconds, bytes or samples) at a step, linear between evaluations; NaN after the
  // last one.
  double at_step(const std::vector<double>& what, double step) const;
};

// Returns a course without evaluations if the run stores none, or a damaged one.
Course course_of(const Run& run);

}  // namespace laconic::report
