// Compares every implementation of an operator with its `ref` on the operator's own examples. The
// numbers of rows are 0, 1 and that of the example, with padding between rows. Cotangents are both
// overwritten and accumulated.
//
//   ref, double:  the gradient equals central differences (relative error 1e-6)
//   fast, float:  forward, new state and backward equal ref within the example's tolerance
//                 guard values around every matrix are unchanged
//                 NaN is in the same outputs as in ref
//                 values that BackwardNeeds does not name are not read (they are set to NaN)
//                 in place equals out of place
//                 1, 2 and 3 threads give the same bits
//                 all of this holds for every instruction set up to the context's
//
// The tests and `laconic selftest` use it. It allocates memory and prints nothing.
#pragma once

#include <vector>

#include "framework/ops/failure.hpp"
#include "framework/ops/op.hpp"

namespace laconic::ops {

// Returns the failures; none if all is correct. A kind without examples fails.
std::vector<Failure> check(const OpKind& kind, const Context& context);

}  // namespace laconic::ops
