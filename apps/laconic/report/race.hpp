// Compares runs by what each needed for one common score: seconds of training, and bytes. The score
// is the best value of the monitor that all of the runs reached.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/chart.hpp"
#include "apps/laconic/report/course.hpp"

namespace laconic::report {

class Race {
 public:
  // `runs` have labels. Error(data) names a run without evaluations, or with another monitor.
  explicit Race(std::vector<Run> runs);

  // Returns a table with a row per run, and a sentence per run about the first one.
  std::string table() const;
  // Returns an SVG file for papers and pages: the score over seconds and over bytes, on white.
  std::string picture() const;

 private:
  // Returns the index of the first evaluation that reached the common score.
  size_t finish(size_t run) const;
  std::string title() const;
  Chart chart(bool over_bytes) const;

  std::vector<Run> runs_;
  std::vector<Course> courses_;
  FigureSpec monitor_;
  double common_ = 0;
};

}  // namespace laconic::report
