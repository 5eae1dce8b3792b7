// Is every implementation of an operator what its `ref` says? Checked on the operator's own
// examples, with 0, 1 and the example's number of rows, rows with padding between them, cotangents
// overwritten and accumulated:
//
//   ref, double:  the gradient is that of central differences (relative 1e-6)
//   fast, float:  forward and backward equal ref within the example's tolerance; guard values
//   around every
//                 matrix stay; NaN goes where ref lets it go; what BackwardNeeds does not name is
//                 not read (it is poisoned with NaN); in place equals out of place; 1, 2 and 3
//                 threads give the same bits; every instruction set up to the context's
//
// Serves the tests and `laconic selftest`. Allocates freely, prints nothing.
#pragma once

#include <string>
#include <vector>

#include "framework/ops/op.hpp"

namespace laconic::ops {

struct Failure {
  std::string where;  // "layer_norm width 47, 37 rows, cpu avx2"
  std::string what;   // "output(3, 4) = 1.5, ref says 1.25"
};

// Empty when all is well. A kind without examples fails.
std::vector<Failure> check(const OpKind& kind, const Context& context);

}  // namespace laconic::ops
