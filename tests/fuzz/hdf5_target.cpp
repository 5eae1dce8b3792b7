// Graph files: dense and sparse features, one label or several, names; as we write them, in the
// old format without checksums, and packed.
#include "tests/data/graph/hdf5_copies.hpp"
#include "tests/data/graph/small_graphs.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/fuzz/attempt.hpp"
#include "tests/fuzz/mutation.hpp"

namespace laconic::fuzz {
namespace {

constexpr const char* file_name = "graph.h5";

data::Graph dense_graph() {
  data::Graph graph = data::tiny_graph();
  graph.class_names = {"odd", "even"};
  graph.node_names = {"a", "b", "c", "d", "e"};
  return graph;
}

data::Graph sparse_graph() {
  data::Graph graph = data::tiny_graph();
  graph.features = {
      .rows = 5, .cols = 4, .indptr = {0, 2, 2, 3, 4, 5}, .indices = {0, 3, 1, 2, 0}, .values = {}};
  graph.labels = {.classes = 3,
                  .single = {},
                  .multi_indptr = {0, 1, 3, 3, 4, 5},
                  .multi_indices = {0, 1, 2, 0, 2}};
  return graph;
}

std::vector<std::string> make_seeds() {
  const TemporaryFolder folder;
  data::write_graph_hdf5(dense_graph(), folder / "new-dense");
  data::write_graph_hdf5(sparse_graph(), folder / "new-sparse");
  for (const std::string kind : {"dense", "sparse"}) {
    data::copy_in_old_format(folder / ("new-" + kind), folder / ("old-" + kind));
    data::copy_in_old_format(folder / ("new-" + kind), folder / ("packed-" + kind));
    data::pack_integers(folder / ("packed-" + kind), "graph/indices");
    data::pack_integers(folder / ("packed-" + kind), "splits/default/train");
  }
  std::vector<std::string> seeds;
  for (const auto& [name, bytes] : pick_up(folder.path())) seeds.push_back(bytes);
  return seeds;
}

Input make_hdf5_input(uint64_t number) {
  static const std::vector<std::string> seeds = make_seeds();
  Draw draw(number);
  const std::string& seed = draw.of(seeds);
  if (number % 97 == 0) return {{{file_name, seed.substr(0, draw.below(8))}}, true};
  return {{{file_name, mutate(seed, draw.of(seeds), draw)}}, false};
}

void load_hdf5(const Files&, const std::string& folder) {
  data::load_file(folder + "/" + file_name);
}

}  // namespace

Target hdf5_target() {
  return {"hdf5", make_hdf5_input, load_hdf5, true};
}

}  // namespace laconic::fuzz
