#include "apps/laconic/run/replicas.hpp"

#include "apps/laconic/run/agreement.hpp"
#include "framework/base/hash.hpp"

namespace laconic {

void check_replicas(comm::Exchange& exchange, const StateList& state, int64_t step) {
  if (exchange.size() == 1) return;
  std::string text;
  uint64_t all = 0;
  for (const StateEntry& entry : state.entries()) {
    if (entry.placement != Placement::replicated) continue;
    const uint64_t one = hash_array(entry.contents());
    all = mix(all ^ one);
    text += fmt::format("{} {:016x}\n", entry.name, one);
  }
  // The largest and the smallest are the same where all are.
  int64_t ends[2] = {static_cast<int64_t>(all), ~static_cast<int64_t>(all)};
  exchange.max(ends);
  if (ends[0] == ~ends[1]) return;
  same_everywhere(exchange, text,
                  fmt::format("their state has drifted apart by step {}, so nothing of it was "
                              "saved; an older checkpoint may be good: laconic verify",
                              step));
}

}  // namespace laconic
