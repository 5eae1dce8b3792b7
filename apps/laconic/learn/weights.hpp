// The weights of a network in a checkpoint, for other programs: one array per parameter and per
// untrained state, by name.
// It needs neither the data nor the configuration of the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic {

struct Weight {
  std::string name;            // "layer1.weight_self"
  std::vector<int64_t> shape;  // [inputs, outputs]; of a bias [outputs]
  std::vector<float> values;   // row by row
};

// Reads the weights of a run folder's newest checkpoint, or of one checkpoint. `best`: those of the
// best evaluation so far, if there was one, instead of the newest. Error(data | no_checkpoint).
std::vector<Weight> read_weights(const std::string& path, bool best);

// Return the bytes of the file.
std::string to_npz(const std::vector<Weight>& weights);
std::string to_safetensors(const std::vector<Weight>& weights);

}  // namespace laconic
