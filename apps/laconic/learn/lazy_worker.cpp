#include "apps/laconic/learn/lazy_worker.hpp"

#include <algorithm>

#include "apps/laconic/learn/network_state.hpp"

namespace laconic {

LazyWorker::LazyWorker(const graph::Graph& network, int of_number)
    : number(of_number),
      residual(network.parameter_count),
      uploaded(network.parameter_count),
      state(network.state_count) {}

void LazyWorker::visit_state(StateList& list, const graph::Graph& network) {
  StateList mine;
  mine.add("residual", residual);
  mine.add("uploaded", uploaded);
  visit_network_state(mine, network, state, /*is_agreed=*/true);
  mine.add_value("staleness", staleness);
  mine.add_value("left_out", left_out);
  list.add_keyed("worker", number, mine);
}

void LazyWorker::allocate(std::span<const float> initial) {
  residual.allocate();
  uploaded.allocate();
  if (state.is_allocated()) return;
  state.allocate();
  std::ranges::copy(initial, state.span().begin());
}

LazyWorker::Flag LazyWorker::upload(std::span<const float> parameters) {
  std::ranges::copy(parameters, uploaded.span().begin());
  staleness = 1;
  return Flag::fresh;
}

LazyWorker::Flag LazyWorker::skip() {
  if (staleness > 0) ++staleness;
  return Flag::stale;
}

LazyWorker::Flag LazyWorker::leave_out(int64_t most) {
  sums = {};
  sums.left_out() = 1;
  return ++left_out > most ? Flag::failed : skip();
}

}  // namespace laconic
