// Describes in words what the exchange of a run will do and why, for `plan`. It uses the same
// functions as the run itself (comm/gradient/plan.hpp).
#pragma once

#include <string>

#include "apps/laconic/run/learner.hpp"
#include "comm/base/link.hpp"

namespace laconic {

// When a run sums: by default once per step, while backward may still run.
struct SumTiming {
  const char* unit = "step";    // that ends with a sum
  const char* no_overlap = "";  // why no bucket is sent while backward runs; empty: buckets may be
};

// Describe the sum of a gradient of `elements` over `ranks` with this link, and its memory. The whole
// run has `steps` sums.
Facts::Lines describe_exchange(const Config& config, const comm::Link& link, int ranks,
                               int64_t elements, int64_t steps, const SumTiming& timing = {});
MemoryPart exchange_memory(const Config& config, const comm::Link& link, int ranks,
                           int64_t elements, int64_t steps);
// Adds both to `facts`, and the events of the buckets in the trace. Adds a note of how often a sparse
// sum can send each element of the gradient in the whole run, and a warning if the run is too short.
void add_exchange(Facts& facts, const Config& config, const comm::Link& link, int ranks,
                  int64_t elements, int64_t steps, const SumTiming& timing = {});

// Returns why no bucket is sent while backward runs; empty if buckets are.
std::string why_no_overlap(const Config& config, int ranks, int64_t buckets);

}  // namespace laconic
