// bench spmm and bench epoch: JSON on standard output, so that scripts can set it beside other
// programs' figures.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/laconic/train/graph_task.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/step_bench.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "data/graph/source.hpp"
#include "framework/base/random.hpp"
#include "framework/observe/trace.hpp"
#include "framework/ops/spmm/spmm.hpp"

namespace laconic {
namespace {

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<int64_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

template <class F>
double median_seconds(int repetitions, F&& f) {
  f();  // warm-up
  std::vector<double> times;
  for (int i = 0; i < repetitions; ++i) {
    const int64_t start = steady_ns();
    f();
    times.push_back(static_cast<double>(steady_ns() - start) * 1e-9);
  }
  return median(times);
}

// STREAM triad over arrays far larger than the caches, bytes a second.
double triad(int threads) {
  const int64_t n = 1 << 24;
  std::vector<float> a(n), b(n, 1), c(n, 2);
  const double s = median_seconds(5, [&] {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < n; ++i) a[i] = b[i] + 3 * c[i];
  });
  return 12.0 * static_cast<double>(n) / s;
}

int bench_spmm(const std::string& file, const std::vector<int64_t>& widths, int threads,
               int repetitions) {
  data::SourceOptions source;
  source.file = file;
  source.split =
      "random";  // no labels are used; a file with several splits must not ask for a choice
  const data::Graph graph = data::load_graph(source);
  Context context;
  context.threads = threads;
  context.isa = detect_isa();
  data::Scales<float> scales;
  data::fill_scales<float>({"row_loop", 0}, graph.pattern(), scales);
  const ops::Neighbourhood<float> a{graph.pattern(), scales.row, scales.source, scales.diagonal, 0};
  nlohmann::json out = {{"file", file},
                        {"threads", threads},
                        {"isa", isa_name(context.isa)},
                        {"triad_bytes_per_s", triad(threads)}};
  for (const int64_t width : widths) {
    std::vector<float> x(graph.nodes() * width), y(x.size());
    const Random random(1, Stream::test);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i));
    const double s = median_seconds(repetitions, [&] {
      ops::spmm(context, a, MatrixView<const float>(x.data(), graph.nodes(), width), {},
                {y.data(), graph.nodes(), width});
    });
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

void add_bench(CLI::App& command, Action& action) {
  command.require_subcommand(1);
  CLI::App* spmm = command.add_subcommand(
      "spmm", "sparse times dense on a graph file, beside this machine's triad");
  auto file = std::make_shared<std::string>();
  auto widths = std::make_shared<std::vector<int64_t>>(std::vector<int64_t>{16, 32, 64, 128, 256});
  auto threads = std::make_shared<int>(1), repetitions = std::make_shared<int>(25);
  spmm->add_option("graph", *file, "FILE.h5")->required();
  spmm->add_option("--widths", *widths, "columns of the dense matrix")->delimiter(',');
  spmm->add_option("--threads", *threads, "")->capture_default_str();
  spmm->add_option("--repetitions", *repetitions, "the median counts")->capture_default_str();
  spmm->callback([=, &action] {
    action = [=] { return bench_spmm(*file, *widths, *threads, *repetitions); };
  });

  CLI::App* epoch = command.add_subcommand(
      "epoch", "training epochs of a configuration on one rank, phase by phase");
  auto arguments = std::make_shared<ConfigArguments>();
  auto epochs = std::make_shared<int64_t>(5);
  auto weights = std::make_shared<std::string>();
  arguments->add_to(*epoch);
  epoch->add_option("--epochs", *epochs, "")->capture_default_str();
  epoch->add_option("--exchange-file", *weights,
                    "write initial weights and batch order as HDF5, for another program to repeat");
  epoch->callback([=, &action] {
    action = [=] {
      std::printf("%s\n",
                  bench_epoch(load_config(arguments->file, arguments->overrides), *epochs, *weights)
                      .dump(2)
                      .c_str());
      return 0;
    };
  });
}

}  // namespace laconic
