// The course of a run: at each evaluation the step, the score that decides, the seconds of training,
// the bytes that rank 0 has sent and the samples that all ranks have worked on. result.json and checkpoints store it. It is not part of
// metrics.jsonl, which has the same bytes in every repetition of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace laconic {

class Course {
 public:
  void begin();  // starts the clock: the first unit is next
  // Adds an evaluation. `score` may be NaN; `bytes` were sent since the start of the run, and
  // `samples` worked on; 0: the method counts none.
  void add(int64_t step, double score, int64_t bytes, int64_t samples);

  // Returns {"trained_s": seconds, "step": [...], "score": [...], "seconds": [...], "bytes_sent":
  // [...], "samples": [...]}. Seconds are those of training and evaluation over all starts, without the preparation.
  nlohmann::json json() const;
  // Continues from what json() returned; older checkpoints have nothing, and null is passed.
  void restore(const nlohmann::json& stored);

 private:
  double seconds() const;

  double before_s_ = 0;  // of earlier starts
  double began_s_ = -1;  // steady clock; < 0: has not begun
  std::vector<int64_t> steps_, bytes_, samples_;
  std::vector<double> scores_, seconds_;
};

}  // namespace laconic
