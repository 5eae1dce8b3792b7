// The planted graph: a stochastic block model. Class = block mod classes; features = signal * class
// mean + noise, where means and noise are standard normal. Node ids are shuffled, so their order
// does not show the blocks. 2.5 million nodes and 62 million edges take less than a minute, and
// little more memory than the result.
#include "data/graph/formats/planted.hpp"

#include <fmt/format.h>

#include <numeric>

#include "data/graph/formats/block_model.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {
namespace {

enum PlantedPurpose : uint32_t {
  planted_edges,
  planted_relabel = planted_edges + block_model_substreams,
  means,
  noise
};

Random generator(int64_t seed, PlantedPurpose purpose) {
  return Random(static_cast<uint64_t>(seed), Stream::data, 0, purpose);
}

void make_features(const PlantedOptions& o, int64_t seed, Graph& graph) {
  std::vector<float> mean(o.classes * o.features);
  add_normals(generator(seed, means), mean);
  Features& f = graph.features;
  f = {.rows = o.nodes, .cols = o.features, .indptr = {}, .indices = {}, .values = {}};
  f.values.resize(o.nodes * o.features);
  for (int64_t i = 0; i < o.nodes; ++i)
    for (int64_t c = 0; c < o.features; ++c)
      f.values[i * o.features + c] =
          static_cast<float>(o.signal) * mean[graph.labels.single[i] * o.features + c];
  add_normals(generator(seed, noise), f.values);
}

}  // namespace

Graph PlantedSource::make(int64_t seed) const {
  const PlantedOptions& o = planted;
  std::vector<int32_t> id(o.nodes);
  std::iota(id.begin(), id.end(), 0);
  generator(seed, planted_relabel).shuffle(id);
  Graph graph;
  graph.name = "planted";
  const BlockModel model{o.nodes, o.blocks, o.degree, o.within};
  auto list = model.sample(seed, planted_edges, "data.source.planted");
  for (auto& [a, b] : list) a = id[a], b = id[b];
  canonicalise(o.nodes, std::move(list), graph.indptr, graph.indices);
  graph.labels.classes = static_cast<int32_t>(o.classes);
  graph.labels.single.resize(o.nodes);
  for (int64_t i = 0; i < o.nodes; ++i)
    graph.labels.single[id[i]] = static_cast<int32_t>(model.block_of(i) % o.classes);
  graph.split = random_split(o.nodes, seed);
  graph.features.rows = o.nodes;
  make_features(o, seed, graph);
  return graph;
}

std::string PlantedSource::where(int64_t seed) const {
  const PlantedOptions& o = planted;
  return fmt::format(
      "planted(nodes={}, blocks={}, classes={}, features={}, degree={}, within={}, signal={}, "
      "seed={})",
      o.nodes, o.blocks, o.classes, o.features, o.degree, o.within, o.signal, seed);
}

void PlantedSource::describe(config::Fields& f) {
  f.group("planted", planted, "the generated graph");
}

void PlantedSource::check(const config::Checks& checks) const {
  const PlantedOptions& o = planted;
  if (o.blocks > o.nodes || o.classes > o.blocks)
    checks.refuse("planted.blocks",
                  fmt::format("{} classes of {} blocks of {} nodes; allowed: classes <= blocks <= "
                              "nodes",
                              o.classes, o.blocks, o.nodes));
}

void PlantedOptions::describe(config::Fields& f) {
  f.integer("nodes", nodes, {.min = 1, .max = 2147483647, .help = "nodes"});
  f.integer("blocks", blocks, {.min = 1, .max = 2147483647, .help = "communities of equal size"});
  f.integer("classes", classes,
            {.min = 1, .max = 1000000, .help = "classes; a block's is its number mod classes"});
  f.integer("features", features, {.min = 1, .max = 1000000, .help = "features"});
  f.real("degree", degree, {.min = 0, .help = "mean degree"});
  f.real("within", within, {.min = 0, .max = 1, .help = "share of the links inside blocks"});
  f.real("signal", signal, {.min = 0, .help = "class mean over noise"});
}

}  // namespace laconic::data
