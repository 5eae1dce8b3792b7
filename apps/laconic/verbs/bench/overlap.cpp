// bench overlap: measures how long a training step waits for the sum of a gradient. It measures the
// sum alone, then overlapped with a backward pass that takes as long and releases buckets one by
// one, then after the same backward pass:
//   mpirun -n 8 laconic bench overlap --n 4000000 --methods dense,oktopk
// The backward pass is a timed wait without work, so that ranks that share cores do not slow each
// other down. Methods alternate within each repetition, so that all have the same conditions.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/laconic/verbs/bench/bench.hpp"
#include "comm/exchange/list.hpp"
#include "comm/gradient/sum.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

struct OverlapBenchOptions {
  int64_t n = 4'000'000;
  int slices = 128;
  std::vector<std::string> methods = {"dense", "oktopk"};
  comm::ExchangeOptions exchange;
  comm::GradientOptions gradient;
  int repetitions = 7;
};

// One way to sum, on some ranks.
class Sum {
 public:
  Sum(std::unique_ptr<comm::Communicator> ranks, const comm::ExchangeOptions& exchange,
      const comm::GradientOptions& gradient, int64_t n)
      : exchange_(std::move(ranks), exchange),
        sum_(exchange_, Context{.isa = detect_isa()}, gradient, comm::FeedbackSettings{}, n) {
    sum_.allocate();
  }

  // Returns the seconds of a step whose backward pass takes `wait_s`. `release`: buckets are sent
  // during the pass; else after it.
  double step(std::span<float> gradient, double wait_s, int slices, bool release) {
    const auto n = static_cast<int64_t>(gradient.size());
    const auto start = std::chrono::steady_clock::now();
    sum_.begin(steps_++, 0);
    for (int s = 1; s <= slices && wait_s > 0; ++s) {
      std::this_thread::sleep_until(start + std::chrono::duration<double>(wait_s * s / slices));
      if (release) sum_.ready(gradient, n * s / slices);
    }
    sum_.finish(gradient, {});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  comm::Exchange& exchange() { return exchange_; }
  int64_t dense_buckets() const { return sum_.figures().dense_buckets; }

 private:
  comm::Exchange exchange_;
  comm::GradientSum sum_;
  int64_t steps_ = 0;
};

// A method and its times, those of the slowest rank.
struct OverlapLane {
  std::string name;
  std::unique_ptr<Sum> of_all, of_one;
  std::vector<double> alone, local, behind, after;
};

// Writes a gradient that differs between ranks and between steps.
void draw(std::span<float> gradient, const std::vector<float>& noise, int64_t step) {
  const auto n = static_cast<int64_t>(noise.size());
  const int64_t from = step * 1000003 % n;
  std::copy(noise.begin() + from, noise.end(), gradient.begin());
  std::copy(noise.begin(), noise.begin() + from, gradient.end() - from);
}

// Returns the figures at rank 0; null at other ranks.
nlohmann::json measure_overlap(const OverlapBenchOptions& options, comm::MpiWorld& mpi) {
  std::vector<OverlapLane> lanes;
  for (const std::string& method : options.methods) {
    comm::ExchangeOptions exchange = options.exchange;
    exchange.allreduce.select(method);
    OverlapLane& lane = lanes.emplace_back();
    lane.name = method;
    lane.of_all = std::make_unique<Sum>(mpi.world(), exchange, options.gradient, options.n);
    lane.of_one = std::make_unique<Sum>(comm::make_self(), exchange, options.gradient, options.n);
  }
  comm::Exchange& world = lanes.front().of_all->exchange();
  const int rank = world.rank();
  std::vector<float> noise(options.n), gradient(options.n);
  const Random random(1, Stream::test, 0, static_cast<uint32_t>(rank));
  for (int64_t i = 0; i < options.n; ++i) noise[i] = static_cast<float>(random.normal(i));

  constexpr int warm_up = 3;
  int64_t steps = 0;
  for (int i = 0; i < warm_up + options.repetitions; ++i)
    for (OverlapLane& lane : lanes) {
      const auto timed = [&](Sum& sum, double wait_s, bool release) {
        draw(gradient, noise, steps++);
        world.barrier();
        auto ns = static_cast<int64_t>(1e9 * sum.step(gradient, wait_s, options.slices, release));
        world.max({&ns, 1});
        return 1e-9 * static_cast<double>(ns);
      };
      const double alone = timed(*lane.of_all, 0, false);
      const double local = timed(*lane.of_one, 0, false);
      if (i < warm_up) continue;
      lane.alone.push_back(alone);
      lane.local.push_back(local);
      const double wait_s =  // the same on all ranks
          std::max(1e-6, spread(lane.alone).median - spread(lane.local).median);
      lane.behind.push_back(timed(*lane.of_all, wait_s, true));
      lane.after.push_back(timed(*lane.of_all, wait_s, false));
    }

  if (rank != 0) return {};
  nlohmann::json results;
  for (const OverlapLane& lane : lanes) {
    const double alone = spread(lane.alone).median, behind = spread(lane.behind).median;
    results.push_back({{"method", lane.name},
                       {"dense_buckets", lane.of_all->dense_buckets()},
                       {"alone_s", alone},
                       {"computed_by_each_rank_s", spread(lane.local).median},
                       {"behind_backward_s", behind},
                       {"after_backward_s", spread(lane.after).median},
                       {"behind_over_alone", behind / alone}});
  }
  return {{"n", options.n},
          {"ranks", world.size()},
          {"bucket_mb", options.gradient.bucket_mb},
          {"density", options.gradient.density.density},
          {"results", results}};
}

int bench_overlap(const OverlapBenchOptions& options) {
  comm::MpiWorld mpi(nullptr, nullptr);
  const nlohmann::json figures = measure_overlap(options, mpi);
  if (!figures.is_null()) std::printf("%s\n", figures.dump(2).c_str());
  return 0;
}

}  // namespace

void add_bench_overlap(const Command& command, Action& action) {
  auto options = std::make_shared<OverlapBenchOptions>();
  options->gradient.density.auto_dense = false;
  command.option("--n", options->n, "number of elements of the gradient")
      .between(1, 2'000'000'000)
      .show_default();
  command.option("--methods", options->methods, "values of comm.allreduce to measure")
      .split_at(',')
      .one_of(comm::allreduce_names())
      .show_default();
  command
      .option("--density", options->gradient.density.density,
              "share of the gradient that is selected")
      .show_default();
  command.option("--bucket-mb", options->gradient.bucket_mb, "like comm.bucket_mb").show_default();
  command.flag("--auto-dense", options->gradient.density.auto_dense, "like comm.auto_dense");
  command.option("--machine", options->exchange.link.machine,
                 "like comm.machine: a file that bench allreduce --save wrote");
  command.option("--slices", options->slices, "number of slices of the backward pass")
      .between(1, 100'000)
      .show_default();
  command
      .option("--repetitions", options->repetitions,
              "number of measurements; the median is reported")
      .between(1, 1'000'000)
      .show_default();
  command.when_given([=, &action] { action = [=] { return bench_overlap(*options); }; });
}

}  // namespace laconic
