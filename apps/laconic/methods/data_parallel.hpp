// Synchronous data-parallel training of a network on batches. R ranks draw disjoint groups of one
// epoch permutation (of clusters, of images); the gradient of a step is the sum over all its groups
// of d(sum of losses) / (labels of all groups), so R ranks equal one rank that accumulates R
// batches, and a rank without labels adds zero.
#pragma once

namespace laconic {

class Session;
void run_data_parallel(Session& session);

}  // namespace laconic
