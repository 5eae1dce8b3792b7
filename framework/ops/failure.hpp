// What a conformance suite found to be wrong.
#pragma once

#include <string>

namespace laconic::ops {

struct Failure {
  std::string where;  // "layer_norm width 47, 37 rows, cpu avx2"
  std::string what;   // "output(3, 4) = 1.5, in ref 1.25"
};

}  // namespace laconic::ops
