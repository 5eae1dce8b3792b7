// bench checkpoint: measures the cost of saving. The state is copied, as a bound. Then a checkpoint
// of it is started and written while matrix products take the place of training steps. The loss is
// the time of these steps minus that of as many steps without a checkpoint, right before:
//   laconic bench checkpoint --parameters 110000000 --folder /scratch/somewhere
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/laconic/verbs/bench/bench.hpp"
#include "framework/base/error.hpp"
#include "framework/base/process.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/interval.hpp"
#include "framework/checkpoint/ownership.hpp"
#include "framework/checkpoint/writer.hpp"
#include "framework/ops/gemm/gemm.hpp"

namespace laconic {
namespace {

struct CheckpointBenchOptions {
  int64_t parameters = 110'000'000;
  std::string folder = ".";
  double mtbf_h = 24;
  int threads = 0;
  int repetitions = 3;
};

// A matrix product on all threads: about 0.1 s per core.
class Step {
 public:
  explicit Step(int threads) : context_{.threads = threads, .isa = detect_isa()} {}
  void operator()() {
    const MatrixView<float> c{c_.data(), size, size};
    ops::gemm(context_, ops::Transpose::no, ops::Transpose::no, 1, {a_.data(), size, size},
              {b_.data(), size, size}, 0, c);
  }

 private:
  static constexpr int64_t size = 1536;
  Context context_;
  std::vector<float> a_ = std::vector<float>(size * size, 0.5f);
  std::vector<float> b_ = std::vector<float>(size * size, 0.25f);
  std::vector<float> c_ = std::vector<float>(size * size);
};

// The state of Adam: parameters and two moments.
struct State {
  std::vector<float> tensors[3];
  StateList list() {
    StateList state;
    const char* const names[] = {"parameters", "optimizer/moment1", "optimizer/moment2"};
    for (int i = 0; i < 3; ++i) state.add(names[i], std::span(tensors[i]));
    return state;
  }
};

struct Times {
  std::vector<double> copy, begin, blocked, write, lost;
};

void measure_once(CheckpointWriter& writer, int64_t number, State& state,
                  std::vector<std::vector<float>>& copies, Step& step, Times& times) {
  times.copy.push_back(seconds_of([&] {
    for (int i = 0; i < 3; ++i)
      std::memcpy(copies[i].data(), state.tensors[i].data(), 4 * copies[i].size());
  }));
  double blocked = seconds_of([&] { writer.begin(number, state.list(), {}); });
  times.begin.push_back(blocked);
  int64_t steps = 0;
  const double stepping = seconds_of([&] {
    while (writer.in_progress()) {
      step();
      ++steps;
      if (writer.ready()) blocked += seconds_of([&] { writer.advance(); });
    }
  });
  times.blocked.push_back(blocked);
  times.write.push_back(times.begin.back() + stepping);
  const double undisturbed = seconds_of([&] {
    for (int64_t i = 0; i < steps; ++i) step();
  });
  times.lost.push_back(times.begin.back() + stepping - undisturbed);
}

int bench_checkpoint(const CheckpointBenchOptions& options) {
  const std::string folder = options.folder + "/laconic-bench-checkpoints";
  if (real_files().exists(folder))
    fail(ExitCode::cannot_create, "{}: exists already; remove it or choose another --folder",
         folder);
  State state;
  std::vector<std::vector<float>> copies(3);
  for (int i = 0; i < 3; ++i) {
    state.tensors[i].assign(options.parameters, 0.001f);
    copies[i].assign(options.parameters, 0);
  }
  Step step(options.threads > 0 ? options.threads : static_cast<int>(allowed_cores().size()));
  step();
  Times times;
  {
    CheckpointWriter writer(real_files(), folder, {}, alone, 1);
    for (int i = 0; i <= options.repetitions; ++i) {
      measure_once(writer, i, state, copies, step, times);
      if (i == 0) times = {};  // memory and files are new: not counted
    }
  }
  for (const int64_t written : steps_in_order_of_trust(real_files(), folder))
    remove_ours(real_files(), folder + "/" + step_name(written));
  real_files().remove_file(folder + "/LATEST");
  real_files().remove_folder(folder);

  const double write = spread(times.write).median, lost = spread(times.lost).median;
  const double interval = best_interval(write, 3600 * options.mtbf_h);
  std::vector<double> over_copy;
  for (size_t i = 0; i < times.copy.size(); ++i)
    over_copy.push_back(times.blocked[i] / times.copy[i]);
  const nlohmann::json figures = {{"parameters", options.parameters},
                                  {"state_bytes", state.list().bytes()},
                                  {"copy_s", spread(times.copy).median},
                                  {"begin_s", spread(times.begin).median},
                                  {"blocked_s", spread(times.blocked).median},
                                  {"blocked_over_copy", spread(over_copy).median},
                                  {"write_s", write},
                                  {"steps_lose_s", lost},
                                  {"interval_s", interval},
                                  {"overhead", lost / interval}};
  std::printf("%s\n", figures.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_checkpoint(const Command& command, Action& action) {
  auto options = std::make_shared<CheckpointBenchOptions>();
  command
      .option("--parameters", options->parameters,
              "number of parameters of the model; with Adam the state is three times as large")
      .between(1, 2'000'000'000)
      .show_default();
  command.option("--folder", options->folder, "folder in which checkpoints are written")
      .show_default();
  command.option("--mtbf", options->mtbf_h, "like checkpoint.mtbf, in hours").show_default();
  command.option("--threads", options->threads, "compute threads; 0 = all cores")
      .between(0, 1024)
      .show_default();
  command
      .option("--repetitions", options->repetitions,
              "number of measurements; the median is reported")
      .between(1, 1000)
      .show_default();
  command.when_given([=, &action] { action = [=] { return bench_checkpoint(*options); }; });
}

}  // namespace laconic
