// A small checkpoint of two ranks, composed with the writers' own parts, and seals for manifests
// that are not what a writer would write.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/checkpoint/writer.hpp"
#include "tests/fuzz/target.hpp"

namespace laconic::fuzz {

// Values that are a function of the step, as one shard has them: of every placement but per_rank,
// and one whose length varies.
struct SmallState {
  std::vector<float> parameters = std::vector<float>(16);
  std::vector<double> moments = std::vector<double>(5);
  std::vector<float> residual = std::vector<float>(4);  // the sum over ranks: 3 times the step
  std::vector<int64_t> messages;                        // as many as steps
  std::map<int64_t, std::vector<float>> clients;        // the shard's share of four
  int64_t step = 0;

  explicit SmallState(int64_t at = 0, Shard shard = {});
  StateList list();
  bool operator==(const SmallState&) const = default;
};

// rank0.h5, rank1.h5 and manifest.json.
Files checkpoint_files(int64_t step);

// The inner object of a sealed text, and a text sealed around any other.
std::string unsealed(const std::string& text);
std::string sealed(const std::string& inner);

}  // namespace laconic::fuzz
