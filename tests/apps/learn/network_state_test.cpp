// The untrained state of a network in a run: what is listed, what it starts with, and what ranks
// agree on.
#include "apps/laconic/learn/network_state.hpp"

#include <gmock/gmock.h>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

using testing::ElementsAre;

// Two channels per node: state/average and state/rank0 and state/per_rank have 4 elements each.
graph::Graph network() {
  graph::GraphBuilder b;
  graph::ValueId h = b.input("features", 2);
  for (const char* rule : {"per_rank", "rank0", "average"})
    h = b.add("batch_norm", rule, {h}, {{"rule", rule}});
  return b.finish();
}

TEST(NetworkState, IsListedByRule) {
  const graph::Graph graph = network();
  device::Buffer<float> state(graph.state_count);
  for (const bool is_agreed : {false, true}) {
    StateList list;
    visit_network_state(list, graph, state, is_agreed);
    std::vector<std::string> names;
    std::vector<Placement> placements;
    for (const StateEntry& entry : list.entries()) {
      EXPECT_EQ(entry.count, 4);
      names.push_back(entry.name);
      placements.push_back(entry.placement);
    }
    EXPECT_THAT(names, ElementsAre("state/average", "state/rank0", "state/per_rank"));
    if (is_agreed)
      EXPECT_THAT(placements, testing::Each(Placement::replicated));
    else
      EXPECT_THAT(placements,
                  ElementsAre(Placement::rank_mean, Placement::rank0, Placement::per_rank));
  }
}

// A checkpoint of another number of ranks has no per_rank state to read.
TEST(NetworkState, ThatIsReadInPartKeepsItsInitialValuesElsewhere) {
  const graph::Graph graph = network();
  device::Buffer<float> state(graph.state_count);
  StateList list;
  visit_network_state(list, graph, state, false);
  const std::span<std::byte> average = list.entries()[0].make(4);
  ASSERT_EQ(average.size(), 16u);
  std::ranges::fill(average, std::byte{0});
  EXPECT_THAT(state.span(), ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1));
}

TEST(NetworkState, IsAgreedOnByRule) {
  const graph::Graph graph = network();
  on_ranks(3, [&](comm::Exchange& exchange) {
    std::vector<float> state(graph.state_count, static_cast<float>(10 + exchange.rank()));
    agree_on_state(exchange, graph, state);
    EXPECT_THAT(state, ElementsAre(11, 11, 11, 11, 10, 10, 10, 10, 10, 10, 10, 10));
  });
}

}  // namespace
}  // namespace laconic::test
