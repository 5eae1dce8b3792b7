// bench spmm: sparse times dense on a graph file, beside this machine's triad.
#include "framework/ops/spmm/spmm.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/laconic/train/graph_task.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/verbs/bench/bench.hpp"
#include "data/graph/source.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

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
                        {"triad_bytes_per_s", Triad::bytes / measure(5, Triad(threads)).median}};
  for (const int64_t width : widths) {
    std::vector<float> x(graph.nodes() * width), y(x.size());
    const Random random(1, Stream::test);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i));
    const double s =
        measure(repetitions, [&] {
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
  auto file = std::make_shared<std::string>();
  auto widths = std::make_shared<std::vector<int64_t>>(std::vector<int64_t>{16, 32, 64, 128, 256});
  auto threads = std::make_shared<int>(1), repetitions = std::make_shared<int>(25);
  command.option("graph", *file, "FILE.h5").required();
  command.option("--widths", *widths, "columns of the dense matrix").split_at(',');
  command.option("--threads", *threads, "").show_default();
  command.option("--repetitions", *repetitions, "the median counts").show_default();
  command.when_given([=, &action] {
    action = [=] { return bench_spmm(*file, *widths, *threads, *repetitions); };
  });
}

}  // namespace laconic
