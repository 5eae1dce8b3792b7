// Describes how often a sparse sum can send each element of the gradient in a whole run.
#pragma once

#include "apps/laconic/run/learner.hpp"
#include "comm/base/link.hpp"

namespace laconic {

// Adds a note to `facts`, and a warning if a run of `steps` sums is too short for a sparse sum. Adds
// nothing where all sums are dense, or if `steps` is 0. `unit`: what ends with a sum.
void add_sends(Facts& facts, const Config& config, const comm::Link& link, int ranks,
               int64_t elements, int64_t steps, const char* unit = "step");

}  // namespace laconic
