// bench spmm: measures sparse times dense on a graph file, and this machine's triad.
#include "framework/ops/spmm/spmm.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/laconic/learn/graph_task.hpp"
#include "apps/laconic/run/session.hpp"
#include "apps/laconic/verbs/bench/bench.hpp"
#include "data/graph/formats/hdf5.hpp"
#include "data/graph/formats/hdf5_file.hpp"
#include "data/graph/order.hpp"
#include "data/graph/partition.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

struct Settings {
  std::string file, exchange_file;
  std::vector<int64_t> widths{16, 32, 64, 128, 256};
  int64_t clusters = 0;
  int threads = 1, repetitions = 25;
};

// Loads the graph, in the file's order of nodes or in that of training. Another program finds the
// parts in the exchange file.
data::Graph load(const Settings& settings) {
  data::Hdf5Source source;
  source.file = settings.file;
  source.split =
      "random";  // no labels are used; a file with several splits must not ask for a choice
  data::Graph graph = source.load(1);
  if (settings.clusters == 0) return graph;
  data::PartitionOptions options;
  options.parts = settings.clusters;
  data::Partition partition = data::partition(graph.pattern(), options);
  if (!settings.exchange_file.empty()) {
    data::Hdf5Writer file(settings.exchange_file);
    file.write("part_of", std::span<const int32_t>(partition.part_of));
    file.commit();
  }
  data::order_by_cluster(graph, partition);
  return graph;
}

int bench_spmm(const Settings& settings) {
  const data::Graph graph = load(settings);
  Context context;
  context.threads = settings.threads;
  context.isa = detect_isa();
  data::Scales<float> scales;
  data::fill_scales<float>({.kind = data::Normalisation::Kind::row_loop}, graph.edges(), scales);
  const ops::Neighbourhood<float> a{graph.pattern(), scales.row, scales.source,
                                    scales.diagonal, 0,          graph.weights};
  nlohmann::json out = {
      {"file", settings.file},
      {"clusters", settings.clusters},
      {"threads", settings.threads},
      {"isa", isa_name(context.isa)},
      {"triad_bytes_per_s", Triad::bytes / measure(5, Triad(settings.threads)).median}};
  for (const int64_t width : settings.widths) {
    std::vector<float> x(graph.nodes() * width), y(x.size());
    const Random random(1, Stream::test);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i));
    const double s =
        measure(settings.repetitions, [&] {
          ops::spmm(context, a, MatrixView<const float>(x.data(), graph.nodes(), width), {},
                    {y.data(), graph.nodes(), width});
        }).median;
    const auto nonzeros = static_cast<double>(graph.indices.size());
    out["spmm"].push_back(
        {{"width", width},
         {"seconds", s},
         {"gflops", 2 * nonzeros * static_cast<double>(width) / s * 1e-9},
         {"gathered_bytes_per_s", nonzeros * (4.0 * static_cast<double>(width) + 4) / s}});
  }
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_spmm(const Command& command, Action& action) {
  auto settings = std::make_shared<Settings>();
  command.option("graph", settings->file, "graph file (HDF5)").required();
  command
      .option("--widths", settings->widths,
              "numbers of columns of the dense matrix, separated by commas")
      .split_at(',');
  command
      .option("--clusters", settings->clusters,
              "number of METIS clusters by which nodes are ordered; 0: the order of the file")
      .show_default();
  command.option("--exchange-file", settings->exchange_file,
                 "path of an HDF5 file for the clusters, so that another program can use them");
  command.option("--threads", settings->threads, "compute threads").show_default();
  command
      .option("--repetitions", settings->repetitions,
              "number of measurements; the median is reported")
      .show_default();
  command.when_given([=, &action] { action = [=] { return bench_spmm(*settings); }; });
}

}  // namespace laconic
