// The density of a sparse sum over the steps of a run: 1 in dense_steps, then it falls geometrically
// to comm.density.
//
// A short run at low density could send most elements of the gradient never. So the density starts
// where the sum over the run reaches `least_sends`, the number of times that an average element can
// be sent. A run that is long enough has the same density from the start.
#pragma once

#include <cstdint>

#include "comm/gradient/options.hpp"

namespace laconic::comm {

class DensitySchedule {
 public:
  static constexpr double least_sends = 1.6;
  static constexpr double warmup_share = 0.4;  // of the steps

  // `steps`: of the whole run; 0: not known, and nothing falls unless the options have numbers.
  DensitySchedule(const DensityOptions& options, int64_t steps);

  // Returns the density of the step that follows `steps` steps.
  double at(int64_t steps) const;
  // Returns the sum of the density over the first `steps` steps, at least steps_until_steady().
  double sends(int64_t steps) const { return sends(steps, start_); }
  double start() const { return start_; }  // after dense_steps
  int64_t steps_until_steady() const { return dense_steps_ + warmup_steps_; }
  int64_t warmup_steps() const { return warmup_steps_; }  // 0: the density does not fall

 private:
  double sends(int64_t steps, double start) const;
  double automatic_start(int64_t steps) const;

  double density_;
  int64_t dense_steps_;
  int64_t warmup_steps_;
  double start_;
};

}  // namespace laconic::comm
