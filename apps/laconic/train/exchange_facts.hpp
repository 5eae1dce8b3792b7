// What the exchange of a run will do and why, in words: for `plan`. Asks what the run itself asks
// (comm/gradient_plan.hpp).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/laconic/options.hpp"
#include "comm/link.hpp"

namespace laconic {

using Facts = std::vector<std::pair<std::string, std::string>>;  // what, how much

// Of a gradient of so many elements, on so many ranks with this link.
Facts describe_exchange(const Options& options, const comm::LinkOptions& link, int ranks,
                        int64_t elements);

// Why no bucket leaves while backward runs; empty where they do.
std::string why_no_overlap(const Options& options, int ranks, int64_t buckets);

}  // namespace laconic
