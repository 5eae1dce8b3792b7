// The keys of `comm:` that only sparse allreduces read.
#pragma once

#include <string>

#include "framework/config/field.hpp"
#include "framework/ops/codec/codec.hpp"

namespace laconic::comm {

struct SparseOptions {
  std::string mode = "exact";          // oktopk: exact, paper
  std::string index_codec = "rice";    // plain, delta16, rice
  std::string value_type = "float32";  // float32, bfloat16
  int64_t tau = 64;                    // steps between cuts of the index space into regions
  int64_t tau_prime = 32;              // paper: steps between exact thresholds

  ops::IndexCodec codec() const;
  ops::ValueType type() const;
};

}  // namespace laconic::comm
