// bench allreduce: measures every way to sum a gradient, on the ranks and the network that mpirun
// starts. The ways alternate within each repetition, so that all have the same conditions:
//   mpirun -n 8 laconic bench allreduce --n 14728266 --density 0.01
// Every repetition has its own gradient; sparse methods keep what they did not deliver, as in
// training. Times are those of the slowest rank.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "apps/laconic/verbs/bench/allreduce_candidates.hpp"
#include "apps/laconic/verbs/bench/allreduce_report.hpp"
#include "apps/laconic/verbs/bench/bench.hpp"
#include "comm/base/collectives.hpp"
#include "comm/base/machine.hpp"
#include "comm/exchange/prompt_thread.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/base/process.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

struct AllreduceBenchOptions {
  int64_t n = 14728266;  // VGG-16 for ten classes
  double density = 0.01;
  std::vector<std::string> algorithms;
  SparseKeys keys;
  std::vector<std::string> data = {"uniform"};
  int repetitions = 5;
  int warm_up = 1;
  std::string json, save;
};

// Where large gradients lie.
struct TestGradient {
  const char* name;
  float (*scale)(int64_t i, int64_t n, int rank, int ranks);
};
constexpr float hot = 100;
constexpr TestGradient test_gradients[] = {
    {"uniform", [](int64_t, int64_t, int, int) { return 1.0f; }},
    {"rank_disjoint", [](int64_t i, int64_t n, int rank,
                         int ranks) { return i / (n / ranks + 1) == rank ? hot : 1.0f; }},
    {"hot_slice", [](int64_t i, int64_t n, int,
                     int) { return i >= n / 3 && i <= n / 3 + n / 100 ? hot : 1.0f; }},
    {"decaying",
     [](int64_t i, int64_t n, int, int) {
       return static_cast<float>(std::exp(-8.0 * static_cast<double>(i) / static_cast<double>(n)));
     }},
};

std::vector<std::string> shape_names() {
  std::vector<std::string> names;
  for (const TestGradient& shape : test_gradients) names.emplace_back(shape.name);
  return names;
}

// The gradients of one rank. Noise is drawn once; every step reads it from another position on.
class Gradients {
 public:
  Gradients(int64_t n, int rank, int ranks) : rank_(rank), ranks_(ranks), noise_(n) {
    const Random random(1, Stream::test, 0, static_cast<uint32_t>(rank));
    for (int64_t i = 0; i < n; ++i) noise_[i] = static_cast<float>(random.normal(i));
  }
  void fill(const TestGradient& shape, int64_t step, std::span<float> gradient) const {
    const auto n = static_cast<int64_t>(gradient.size());
    int64_t from = step * 1000003 % n;
    for (int64_t i = 0; i < n; ++i) {
      gradient[i] = noise_[from] * shape.scale(i, n, rank_, ranks_);
      if (++from == n) from = 0;
    }
  }

 private:
  const int rank_, ranks_;
  std::vector<float> noise_;
};

// The times of one candidate, per repetition, of the slowest rank.
struct Series {
  std::vector<double> sum, step, select, agree, commit, select_cpu, sum_cpu, commit_cpu;
  comm::Traffic most;

  void add(comm::Communicator& communicator, comm::Scratch& scratch, const StepTime& time) {
    const auto ns = [](double s) { return static_cast<int64_t>(1e9 * s); };
    int64_t all[] = {ns(time.sum.seconds),      ns(time.step_seconds),
                     ns(time.select.seconds),   ns(time.agree.seconds),
                     ns(time.commit.seconds),   ns(time.select.cpu),
                     ns(time.sum.cpu),          ns(time.commit.cpu),
                     time.traffic.bytes_sent,   time.traffic.bytes_received,
                     time.traffic.messages_sent};
    comm::max(communicator, all, scratch);
    int at = 0;
    for (auto* values : {&sum, &step, &select, &agree, &commit, &select_cpu, &sum_cpu, &commit_cpu})
      values->push_back(1e-9 * static_cast<double>(all[at++]));
    most.bytes_sent = std::max(most.bytes_sent, all[at++]);
    most.bytes_received = std::max(most.bytes_received, all[at++]);
    most.messages_sent = std::max(most.messages_sent, all[at++]);
  }

  AllreduceResult result(const AllreduceCandidate& candidate) const {
    return {candidate.name(),       candidate.is_sparse(),     candidate.counts_bytes(),
            spread(sum).median,     spread(step).median,       spread(select).median,
            spread(agree).median,   spread(commit).median,     spread(select_cpu).median,
            spread(sum_cpu).median, spread(commit_cpu).median, spread(sum).least,
            spread(step).least,     most.bytes_sent,           most.bytes_received,
            most.messages_sent};
  }
};

// Fits a link (comm/base/link.hpp) to measured times: the ring on very few and on n elements,
// and the whole step of oktopk, if it ran.
comm::Link fit(comm::Communicator& communicator, std::span<float> gradient,
               const AllreduceReport& report) {
  comm::Link link;
  comm::Scratch scratch;
  const int ranks = communicator.size();
  if (ranks == 1) return link;
  const std::unique_ptr<comm::Allreduce> ring = comm::find_allreduce("ring").make({});
  const auto seconds = [&](std::span<float> values, int repetitions) {
    std::vector<double> all;
    for (int i = 0; i < repetitions; ++i) {
      int64_t ns = 0;
      comm::max(communicator, std::span(&ns, 1), scratch);
      ns = static_cast<int64_t>(1e9 * seconds_of([&] { ring->sum(communicator, values, 0); }));
      comm::max(communicator, std::span(&ns, 1), scratch);
      all.push_back(1e-9 * static_cast<double>(ns));
    }
    return spread(all).median;
  };
  const auto measured =
      std::find_if(report.results.begin(), report.results.end(),
                   [](const AllreduceResult& result) { return result.name == "ring"; });
  const double longest = measured == report.results.end() ? seconds(gradient, 3) : measured->sum_s;
  const double steps = 2.0 * (ranks - 1);
  const size_t few = std::min<size_t>(gradient.size(), ranks);
  link.latency_s = seconds(gradient.first(few), 21) / steps;
  const double bytes = steps / ranks * 4.0 * static_cast<double>(report.n);
  const double sending = longest - steps * link.latency_s;
  if (sending > 0) link.bytes_per_s = bytes / sending;
  for (const AllreduceResult& result : report.results) {
    if (result.name != "oktopk") continue;
    const double travelling = static_cast<double>(result.messages_sent) * link.latency_s +
                              link.occupied_s(result.bytes_sent);
    link.element_s = std::max(0.0, result.step_s - travelling) / static_cast<double>(report.n);
  }
  return link;
}

// The candidates for one shape of data.
struct AllreduceLane {
  const TestGradient* shape = nullptr;
  std::vector<std::unique_ptr<AllreduceCandidate>> candidates;
  std::vector<Series> series;
};

std::vector<AllreduceLane> make_lanes(const AllreduceBenchOptions& options, comm::MpiWorld& mpi,
                                      bool speaks, const CandidateSettings& settings) {
  std::vector<AllreduceLane> lanes;
  for (const std::string& data : options.data) {
    AllreduceLane& lane = lanes.emplace_back();
    lane.shape = std::find_if(std::begin(test_gradients), std::end(test_gradients),
                              [&](const TestGradient& shape) { return data == shape.name; });
    for (const std::string& name :
         options.algorithms.empty() ? candidate_names() : options.algorithms) {
      auto candidate = make_candidate(name, mpi, settings);
      if (candidate != nullptr)
        lane.candidates.push_back(std::move(candidate));
      else if (speaks)
        std::fprintf(stderr, "laconic: this MPI has no %s\n", name.c_str());
    }
    lane.series.resize(lane.candidates.size());
  }
  return lanes;
}

CandidateSettings settings_of(const AllreduceBenchOptions& options) {
  CandidateSettings settings;
  settings.context = {.isa = detect_isa()};
  settings.n = options.n;
  settings.k =
      std::max<int64_t>(1, static_cast<int64_t>(options.density * static_cast<double>(options.n)));
  settings.keys = options.keys;
  return settings;
}

// Returns one report per shape of data, the same on all ranks.
std::vector<AllreduceReport> measure_all(const AllreduceBenchOptions& options, comm::MpiWorld& mpi,
                                         comm::Communicator& world) {
  const CandidateSettings settings = settings_of(options);
  std::vector<AllreduceLane> lanes = make_lanes(options, mpi, world.rank() == 0, settings);
  const Gradients gradients(options.n, world.rank(), world.size());
  std::vector<float> fresh(options.n), gradient(options.n);
  comm::Scratch scratch;
  for (int i = 0; i < options.warm_up + options.repetitions; ++i)
    for (AllreduceLane& lane : lanes) {
      gradients.fill(*lane.shape, i, fresh);
      for (size_t c = 0; c < lane.candidates.size(); ++c) {
        std::copy(fresh.begin(), fresh.end(), gradient.begin());
        const StepTime time = lane.candidates[c]->step(gradient);
        if (i >= options.warm_up) lane.series[c].add(world, scratch, time);
      }
    }

  std::vector<AllreduceReport> reports;
  for (const AllreduceLane& lane : lanes) {
    AllreduceReport& report = reports.emplace_back();
    report.n = options.n;
    report.k = settings.k;
    report.ranks = world.size();
    report.data = lane.shape->name;
    report.codec = options.keys.text("index_codec");
    report.values = options.keys.text("value_type");
    for (size_t c = 0; c < lane.candidates.size(); ++c)
      report.results.push_back(lane.series[c].result(*lane.candidates[c]));
    report.link = fit(world, gradient, report);
  }
  return reports;
}

int bench_allreduce(const AllreduceBenchOptions& options) {
  // Open MPI reads this when it starts; without it its algorithms cannot be chosen.
  setenv("OMPI_MCA_coll_tuned_use_dynamic_rules", "1", 0);
  comm::MpiWorld mpi(nullptr, nullptr);
  comm::make_prompt();  // like the communication thread in training
  const std::unique_ptr<comm::Communicator> world = mpi.world();
  const std::vector<AllreduceReport> reports = measure_all(options, mpi, *world);
  if (world->rank() != 0) return 0;
  nlohmann::json json;
  for (const AllreduceReport& report : reports) {
    std::printf("%s\n", report.table().c_str());
    json.push_back(report.json());
  }
  if (!options.json.empty()) write_atomically(real_files(), options.json, json.dump(2) + "\n");
  if (!options.save.empty())
    comm::write_machine(real_files(), options.save, reports.front().link,
                        fmt::format("laconic bench allreduce on {} ranks of {}, {} elements",
                                    reports.front().ranks, this_process().host, options.n));
  return 0;
}

}  // namespace

void add_bench_allreduce(const Command& command, Action& action) {
  auto options = std::make_shared<AllreduceBenchOptions>();
  command.option("--n", options->n, "number of elements of the gradient")
      .between(1, 2'000'000'000)
      .show_default();
  command.option("--density", options->density, "share of the gradient that is selected")
      .show_default();
  command
      .option("--algorithms", options->algorithms,
              fmt::format("any of {}; default: all", fmt::join(candidate_names(), ", ")))
      .split_at(',')
      .one_of(candidate_names());
  options->keys.add_to(command);
  command.option("--data", options->data, "where large gradients lie; each gets its own table")
      .split_at(',')
      .one_of(shape_names())
      .show_default();
  command
      .option("--repetitions", options->repetitions,
              "number of measurements; the median is reported")
      .between(1, 2'000'000'000)
      .show_default();
  command
      .option("--warm-up", options->warm_up, "number of repetitions before, which are not measured")
      .between(0, 1'000'000)
      .show_default();
  command.option("--json", options->json, "path of a file for the figures");
  command.option("--save", options->save,
                 "path of a file for the fitted constants, to be named in comm.machine");
  command.when_given([=, &action] { action = [=] { return bench_allreduce(*options); }; });
}

}  // namespace laconic
