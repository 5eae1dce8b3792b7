// Compares runs by what each needed for one common score: seconds of training, and bytes. The score
// is the best value of the monitor that all of the runs reached.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// The course of a run (apps/laconic/run/course.hpp).
struct Course {
  std::vector<double> scores;   // of the evaluations; NaN: not finite
  std::vector<double> seconds;  // since the first unit began
  std::vector<double> bytes;    // that rank 0 has sent
  double trained_s = 0;
};

class Race {
 public:
  // `runs` have labels. Error(data) names a run without evaluations, or with another monitor.
  explicit Race(std::vector<Run> runs);

  // Returns a table with a row per run, and a sentence per run about the first one.
  std::string table() const;
  // Returns a gnuplot script that draws the score over seconds and over bytes as one SVG file.
  std::string script() const;

 private:
  // Returns the index of the first evaluation that reached the common score.
  size_t finish(size_t run) const;
  std::string title() const;

  std::vector<Run> runs_;
  std::vector<Course> courses_;
  FigureSpec monitor_;
  double common_ = 0;
};

// Writes the picture to `path`. Returns false if gnuplot is not installed.
bool write_picture(FileSystem& files, const Race& race, const std::string& path);

}  // namespace laconic::report
