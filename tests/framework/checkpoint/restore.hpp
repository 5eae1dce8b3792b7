// Opens a checkpoint and reads it whole, where a test has no need to look in between.
#pragma once

#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

// Opens the most trusted checkpoint of `folder` that is intact, or exactly `step`.
inline Checkpoint open_best(FileSystem& files, const std::string& folder, Shard shard,
                            const Agree& agree, std::optional<int64_t> step = {}) {
  const std::vector<int64_t> steps =
      step ? std::vector<int64_t>{*step} : steps_in_order_of_trust(files, folder);
  return open_checkpoint(files, folder, steps, shard, agree);
}

inline Checkpoint restore(FileSystem& files, const std::string& folder, const StateList& into,
                          Shard shard, const Agree& agree, std::optional<int64_t> step = {}) {
  Checkpoint checkpoint = open_best(files, folder, shard, agree, step);
  checkpoint.read(into);
  return checkpoint;
}

}  // namespace laconic
