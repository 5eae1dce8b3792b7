// A method at work on threads of this process, without a run folder: what it does after each unit.
#pragma once

#include <cstring>
#include <fstream>

#include "apps/laconic/run/method.hpp"
#include "apps/laconic/run/session.hpp"
#include "data/graph/formats/hdf5.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {

// Trains to the end; see(learner, exchange, votes) on every rank, before the first unit and after
// each.
template <class See>
void train(const std::string& file, const std::vector<std::string>& overrides, int ranks, See see) {
  const Config config = load_config(file, overrides);
  on_ranks(
      ranks,
      [&](comm::Exchange& exchange) {
        const Context context = make_context(config, 1);
        PhaseTimer timer;
        const std::unique_ptr<Learner> learner = config.method().make({.config = config,
                                                                       .context = context,
                                                                       .exchange = exchange,
                                                                       .timer = timer,
                                                                       .ranks = ranks});
        learner->begin(false);
        see(*learner, exchange, Votes());
        while (!learner->done()) {
          Votes votes;
          learner->advance(votes);
          see(*learner, exchange, votes);
        }
      },
      config.comm());
}

// Writes a graph of two clusters, of which one has features that no gradient survives.
inline void write_unbounded_graph(const std::string& path) {
  data::Graph graph = planted_graph(200);
  std::vector<float>& features = graph.features.values;
  for (size_t i = features.size() / 2; i < features.size(); ++i)
    features[i] = features[i] > 0 ? 3e38f : -3e38f;
  data::write_graph_hdf5(graph, path);
}

using Overrides = std::vector<std::string>;

inline Overrides joined(Overrides a, const Overrides& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Numbers of the learner's state; none if it has no such entry.
inline std::vector<float> numbers(Learner& learner, const std::string& name) {
  StateList list;
  learner.visit_state(list);
  for (const StateEntry& entry : list.entries()) {
    if (entry.name != name) continue;
    std::vector<float> values(entry.count);
    std::memcpy(values.data(), entry.contents().data(), entry.contents().size());
    return values;
  }
  return {};
}

}  // namespace laconic::test
