#include "apps/laconic/learn/network_state.hpp"

#include <vector>

namespace laconic {
namespace {

using Rule = ops::StateSpec::Rule;

Placement placement_of(Rule rule) {
  switch (rule) {
    case Rule::average:
      return Placement::rank_mean;
    case Rule::rank0:
      return Placement::rank0;
    case Rule::per_rank:
      return Placement::per_rank;
  }
  __builtin_unreachable();
}

}  // namespace

void allocate_state(const graph::Graph& network, device::Buffer<float>& state) {
  if (state.is_allocated()) return;
  state.allocate();
  graph::initialise_state(network, state);
}

void visit_network_state(StateList& list, const graph::Graph& network, device::Buffer<float>& state,
                         bool is_agreed) {
  for (const Rule rule : ops::StateSpec::rules) {
    const auto [begin, end] = network.begin_and_end(rule);
    if (begin == end) continue;
    const auto part = [&state, begin, count = end - begin] {
      return std::as_writable_bytes(state.span().subspan(begin, count));
    };
    list.add({.name = std::string("state/") + ops::to_text(rule),
              .type = DataType::float32,
              .placement = is_agreed ? Placement::replicated : placement_of(rule),
              .count = end - begin,
              .varies = false,
              .memory = [&state,
                         part] { return state.is_allocated() ? part() : std::span<std::byte>(); },
              // Parts that are not read keep their initial values.
              .make =
                  [&network, &state, part](int64_t) {
                    allocate_state(network, state);
                    return part();
                  }});
  }
}

void agree_on_state(comm::Exchange& exchange, const graph::Graph& network, std::span<float> state) {
  if (exchange.size() == 1 || state.empty()) return;
  const auto [begin, end] = network.begin_and_end(Rule::average);
  const std::span<float> averaged = state.subspan(begin, end - begin);
  std::vector<double> sums(averaged.begin(), averaged.end());
  exchange.sum(sums);
  for (size_t i = 0; i < sums.size(); ++i)
    averaged[i] = static_cast<float>(sums[i] / exchange.size());
  exchange.broadcast(std::as_writable_bytes(state), 0);  // of the other rules those of rank 0
}

}  // namespace laconic
