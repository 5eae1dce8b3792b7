// bench overlap: what a training step waits for. The gradient's sum by itself, then behind a
// backward pass that takes as long and releases bucket by bucket, then after the same backward
// pass:
//   mpirun -n 8 laconic bench overlap --n 4000000 --methods dense,oktopk
// The backward pass is a timed wait without work, so that ranks that share cores do not compute in
// each other's way. Repetition by repetition, so that all methods see the same machine.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/laconic/verbs/bench/bench.hpp"
#include "comm/gradient_sum.hpp"
#include "comm/list.hpp"
#include "comm/transports.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

struct Options {
  int64_t n = 4'000'000;
  int slices = 32;
  std::vector<std::string> methods = {"dense", "oktopk"};
  comm::ExchangeOptions exchange;
  int repetitions = 7;
};

// One way to sum, and its times: the slowest rank's.
struct Lane {
  std::string name;
  std::unique_ptr<comm::Exchange> exchange;
  std::unique_ptr<comm::GradientSum> sum;
  int64_t steps = 0;
  std::vector<double> alone, behind, after;

  // Seconds of a step whose backward pass takes `wait_s`, releasing as it goes or only at its end.
  double step(std::span<float> gradient, double wait_s, int slices, bool release) {
    const auto n = static_cast<int64_t>(gradient.size());
    exchange->barrier();
    const auto start = std::chrono::steady_clock::now();
    sum->begin(steps++, 0);
    for (int s = 1; s <= slices && wait_s > 0; ++s) {
      std::this_thread::sleep_until(start + std::chrono::duration<double>(wait_s * s / slices));
      if (release) sum->ready(gradient, n * s / slices);
    }
    sum->finish(gradient, {});
    const auto end = std::chrono::steady_clock::now();
    int64_t ns = std::chrono::nanoseconds(end - start).count();
    exchange->max({&ns, 1});
    return 1e-9 * static_cast<double>(ns);
  }
};

// A gradient that differs from rank to rank and step to step.
void draw(std::span<float> gradient, const std::vector<float>& noise, int64_t step) {
  const auto n = static_cast<int64_t>(noise.size());
  const int64_t from = step * 1000003 % n;
  std::copy(noise.begin() + from, noise.end(), gradient.begin());
  std::copy(noise.begin(), noise.begin() + from, gradient.end() - from);
}

// At rank 0; elsewhere null.
nlohmann::json measure_overlap(const Options& options, comm::MpiWorld& mpi) {
  std::vector<Lane> lanes;
  for (const std::string& method : options.methods) {
    comm::ExchangeOptions exchange = options.exchange;
    exchange.allreduce = method;
    Lane& lane = lanes.emplace_back();
    lane.name = method;
    lane.exchange = std::make_unique<comm::Exchange>(mpi.world(), exchange);
    const Context context{.isa = detect_isa()};
    lane.sum = std::make_unique<comm::GradientSum>(*lane.exchange, context, exchange,
                                                   comm::FeedbackSettings{}, options.n);
  }
  const int rank = lanes.front().exchange->rank();
  std::vector<float> noise(options.n), gradient(options.n);
  const Random random(1, Stream::test, 0, static_cast<uint32_t>(rank));
  for (int64_t i = 0; i < options.n; ++i) noise[i] = static_cast<float>(random.normal(i));

  constexpr int warm_up = 3;
  for (int i = 0; i < warm_up + options.repetitions; ++i)
    for (Lane& lane : lanes) {
      const auto timed = [&](double wait_s, bool release) {
        draw(gradient, noise, lane.steps);
        return lane.step(gradient, wait_s, options.slices, release);
      };
      const double alone = timed(0, false);
      if (i < warm_up) continue;
      lane.alone.push_back(alone);
      const double wait_s = spread(lane.alone).median;  // the same on all ranks
      lane.behind.push_back(timed(wait_s, true));
      lane.after.push_back(timed(wait_s, false));
    }

  if (rank != 0) return {};
  nlohmann::json results;
  for (const Lane& lane : lanes) {
    const double alone = spread(lane.alone).median, behind = spread(lane.behind).median;
    results.push_back({{"method", lane.name},
                       {"dense_buckets", lane.sum->figures().dense_buckets},
                       {"alone_s", alone},
                       {"behind_backward_s", behind},
                       {"after_backward_s", spread(lane.after).median},
                       {"behind_over_alone", behind / alone}});
  }
  return {{"n", options.n},
          {"ranks", lanes.front().exchange->size()},
          {"bucket_mb", options.exchange.bucket_mb},
          {"density", options.exchange.density},
          {"results", results}};
}

int bench_overlap(const Options& options) {
  comm::MpiWorld mpi(nullptr, nullptr);
  const nlohmann::json figures = measure_overlap(options, mpi);
  if (!figures.is_null()) std::printf("%s\n", figures.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_overlap(const Command& command, Action& action) {
  auto options = std::make_shared<Options>();
  options->exchange.auto_dense = false;
  command.option("--n", options->n, "elements of the gradient")
      .between(1, 2'000'000'000)
      .show_default();
  command.option("--methods", options->methods, "names of comm.allreduce")
      .split_at(',')
      .one_of(comm::allreduce_names())
      .show_default();
  command.option("--density", options->exchange.density, "selected share").show_default();
  command.option("--bucket-mb", options->exchange.bucket_mb, "as comm.bucket_mb").show_default();
  command.flag("--auto-dense", options->exchange.auto_dense,
               "sum a bucket densely where that is predicted to be faster");
  command.option("--machine", options->exchange.machine,
                 "what the prediction goes by: a file of bench allreduce --save");
  command.option("--slices", options->slices, "of the backward pass")
      .between(1, 100'000)
      .show_default();
  command.option("--repetitions", options->repetitions, "the median counts")
      .between(1, 1'000'000)
      .show_default();
  command.when_given([=, &action] { action = [=] { return bench_overlap(*options); }; });
}

}  // namespace laconic
