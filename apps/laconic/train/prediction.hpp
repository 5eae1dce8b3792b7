// A trained network without its training: the task and the parameters of a run folder's newest
// checkpoint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/task.hpp"

namespace laconic {

class SavedNetwork {
 public:
  // `best`: parameters at the best validation score so far instead of the newest. One rank, no MPI.
  SavedNetwork(const std::string& run_folder, bool best);
  Task& task() { return *task_; }
  std::span<const float> parameters() const { return parameters_; }

 private:
  Config config_;
  std::unique_ptr<comm::Exchange> exchange_;
  std::unique_ptr<Task> task_;
  std::vector<float> parameters_;
};

// CSV: number, name, class, score, a line a row of the data set; several labels: separated by
// spaces, no score. HDF5: /logits float32 [rows, classes]. Whole or not at all.
void write_predictions(SavedNetwork& network, const std::string& path);

}  // namespace laconic
