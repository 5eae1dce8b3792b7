#pragma once

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/run/learner.hpp"
#include "comm/base/link.hpp"

namespace laconic {

// Predicts what the sums of a gradient of `elements` cost per epoch: bytes that each rank sends, and
// seconds of the exchange, of which backward may hide a part. They are means over a run of `steps`
// steps, since the density may fall.
PeriodCost exchange_cost(const Config& config, const comm::Link& link, int ranks, int64_t elements,
                         int64_t steps);

}  // namespace laconic
