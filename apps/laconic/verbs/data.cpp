// data build and data inspect: graphs as files, and what is in them.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "apps/laconic/options.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

void print_summary(const data::Graph& g) {
  int64_t isolated = 0, largest = 0;
  for (int64_t i = 0; i < g.nodes(); ++i) {
    isolated += g.pattern().degree(i) == 0;
    largest = std::max(largest, g.pattern().degree(i));
  }
  const auto n = static_cast<double>(std::max<int64_t>(1, g.nodes()));
  std::printf(
      "%s\n  nodes     %lld\n  edges     %lld undirected, mean degree %.1f, largest %lld, %lld "
      "isolated\n",
      g.name.c_str(), static_cast<long long>(g.nodes()),
      static_cast<long long>(g.undirected_edges()), static_cast<double>(g.indices.size()) / n,
      static_cast<long long>(largest), static_cast<long long>(isolated));
  std::printf("  features  %lld, %s, %.2f %% full\n", static_cast<long long>(g.features.cols),
              g.features.is_sparse() ? "sparse" : "dense", 100 * g.features.density());
  std::printf("  split     train %zu, val %zu, test %zu\n", g.split.train.size(),
              g.split.val.size(), g.split.test.size());
  std::printf("  labels    %d %s\n", g.labels.classes,
              g.labels.is_multi_label() ? "labels, several a node" : "classes");
  if (g.labels.is_multi_label()) return;
  std::vector<int64_t> counts(g.labels.classes);
  int64_t unlabelled = 0;
  for (const int32_t c : g.labels.single) (c < 0 ? unlabelled : counts[c])++;
  for (size_t c = 0; c < counts.size(); ++c)
    std::printf("    %-20s %lld\n",
                g.class_names.empty() ? std::to_string(c).c_str() : g.class_names[c].c_str(),
                static_cast<long long>(counts[c]));
  if (unlabelled > 0) std::printf("    %-20s %lld\n", "(none)", static_cast<long long>(unlabelled));
}

data::GraphSourceOptions source_of(const std::string& what, const std::string& split) {
  if (what.ends_with(".yaml")) return load_config(what, {}).options.data.source;
  data::GraphSourceOptions source;
  source.file = what;
  source.split = split;
  return source;
}

}  // namespace

void add_data(const Command& command, Action& action) {
  command.require_subcommand();
  auto what = std::make_shared<std::string>(), output = std::make_shared<std::string>(),
       split = std::make_shared<std::string>();
  const Command build =
      command.subcommand("build", "make the graph of a configuration and write it as HDF5");
  build.option("config", *what, "configuration (YAML)").required();
  build.option("output", *output, "FILE.h5").required();
  build.when_given([=, &action] {
    action = [=] {
      const data::Graph graph = data::load_graph(source_of(*what, ""));
      data::write_graph_hdf5(graph, *output);
      print_summary(graph);
      std::printf("written to %s\n", output->c_str());
      return 0;
    };
  });
  const Command inspect = command.subcommand("inspect", "check a graph and say what is in it");
  inspect.option("what", *what, "FILE.h5, or a configuration (YAML)").required();
  inspect.option("--split", *split, "name of the split in the file");
  inspect.when_given([=, &action] {
    action = [=] {
      print_summary(data::load_graph(source_of(*what, *split)));
      return 0;
    };
  });
}

}  // namespace laconic
