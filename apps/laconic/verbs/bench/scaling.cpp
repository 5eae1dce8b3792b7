#include "apps/laconic/verbs/bench/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/laconic/verbs/bench/bench.hpp"
#include "comm/model/model.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/tags.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"

namespace laconic {
namespace {

// Writes k ascending pairs of one rank and step: one index in each of k equal parts of a measure on
// the index space, which depends on `data`. Magnitudes have an exponential tail above a threshold,
// like the largest of many values.
void select_pairs(const ScalingCase& c, int rank, int step, ops::SparseVector& pairs) {
  const Random random(23, Stream::test, static_cast<uint64_t>(step), static_cast<uint32_t>(rank));
  const auto n = static_cast<double>(c.elements);
  const auto place = [&](double u) {  // u in [0, 1)
    if (c.data == "decaying") return u * u;
    if (c.data == "hot_slice") return u < 0.9 ? 1.0 / 3 + 0.02 * u / 0.9 : (u - 0.9) / 0.1;
    if (c.data == "rank_disjoint") return (rank + u) / c.ranks;
    return u;
  };
  std::vector<int32_t> places;
  places.reserve(c.pairs);
  for (int64_t i = 0; i < c.pairs; ++i) {
    const double u = (static_cast<double>(i) + random.uniform(static_cast<uint64_t>(i))) /
                     static_cast<double>(c.pairs);
    places.push_back(static_cast<int32_t>(std::min(n - 1, std::floor(place(u) * n))));
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  pairs.clear();
  for (const int32_t index : places) {
    const auto at = static_cast<uint64_t>(c.pairs + index);
    const double size = 1 - std::log(1 - random.uniform(at)) / 4;
    const bool negative = random.uniform(at + c.elements) < 0.5;
    pairs.push_back(index, static_cast<float>(negative ? -size : size));
  }
}

int bench_scaling(ScalingCase c, const std::vector<int64_t>& ranks,
                  const std::vector<std::string>& algorithms,
                  const std::vector<std::string>& data) {
  const comm::AllreduceEntry& dense = comm::find_allreduce("dense");
  nlohmann::json points = nlohmann::json::array();
  for (const int64_t P : ranks)
    for (const std::string& algorithm : algorithms)
      for (const std::string& kind : data) {
        c.ranks = static_cast<int>(P);
        c.algorithm = algorithm;
        c.data = kind;
        const ScalingPoint p = scaling_point(c);
        points.push_back({{"algorithm", algorithm},
                          {"data", kind},
                          {"ranks", P},
                          {"bytes", p.bytes},
                          {"words_over_k", p.bytes / 4 / static_cast<double>(c.pairs)},
                          {"selection_bytes", p.selection_bytes},
                          {"messages", p.messages},
                          {"seconds", p.seconds},
                          {"dense_seconds", dense.seconds(c.link, c.elements, c.ranks)}});
        std::fprintf(stderr, "%s on %lld ranks, %s: %.2f k words, %.3g s\n", algorithm.c_str(),
                     static_cast<long long>(P), kind.c_str(),
                     p.bytes / 4 / static_cast<double>(c.pairs), p.seconds);
      }
  const nlohmann::json out = {{"elements", c.elements},
                              {"pairs", c.pairs},
                              {"latency_s", c.link.latency_s},
                              {"index_codec", c.keys.text("index_codec")},
                              {"value_type", c.keys.text("value_type")},
                              {"points", points}};
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}

}  // namespace

ScalingPoint scaling_point(const ScalingCase& c) {
  const comm::AllreduceChoice choice = c.keys.choose(c.algorithm);
  if (!choice.entry().is_sparse())
    fail(ExitCode::usage, "bench scaling: --algorithms: '{}' is not a sparse allreduce",
         c.algorithm);
  ScalingPoint worst;
  std::vector<double> ends(c.ranks), starts(c.ranks);
  run_model(c.ranks, c.link, [&](comm::ModelCommunicator& communicator) {
    const int rank = communicator.rank();
    const auto allreduce = choice.as<comm::SparseOptions>().make({}, {}, c.ranks);
    ops::SparseVector pairs;
    comm::SparseSum sum;
    for (int step = 0; step < c.steps; ++step) {
      select_pairs(c, rank, step, pairs);
      const comm::Traffic before = communicator.traffic();
      const comm::Traffic selection_before = communicator.traffic(comm::select_tag);
      starts[rank] = communicator.now();
      sum.clear();
      allreduce->sum_pairs(communicator, pairs, c.elements, c.pairs, sum);
      ends[rank] = communicator.now();
      const comm::Traffic moved = communicator.traffic() - before;
      const comm::Traffic selection = communicator.traffic(comm::select_tag) - selection_before;
      const auto most = [](double& so_far, int64_t value) {
        so_far = std::max(so_far, static_cast<double>(value));
      };
      most(worst.bytes, std::max(moved.bytes_sent, moved.bytes_received));
      most(worst.selection_bytes, std::max(selection.bytes_sent, selection.bytes_received));
      most(worst.messages, moved.messages_sent);
    }
  });
  worst.seconds =
      *std::max_element(ends.begin(), ends.end()) - *std::min_element(starts.begin(), starts.end());
  return worst;
}

void add_bench_scaling(const Command& command, Action& action) {
  struct Arguments {
    ScalingCase c;
    std::vector<int64_t> ranks = {2, 8, 32, 128, 512};
    std::vector<std::string> algorithms = {"oktopk", "topka", "spardl"};
    std::vector<std::string> data = {"uniform"};
    double latency_us = 50;
    double gbit_per_s = 10;
  };
  const auto a = std::make_shared<Arguments>();
  command.option("--ranks", a->ranks, "numbers of ranks, separated by commas").split_at(',');
  command.option("--algorithms", a->algorithms, "sparse allreduces, separated by commas")
      .split_at(',');
  command
      .option("--data", a->data,
              "where large gradients lie: uniform, decaying, hot_slice, rank_disjoint")
      .split_at(',');
  command.option("--n", a->c.elements, "number of elements of the gradient").show_default();
  command.option("--k", a->c.pairs, "number of pairs that each rank selects").show_default();
  a->c.keys.add_to(command);
  command.option("--latency-us", a->latency_us, "latency of a message, in microseconds")
      .show_default();
  command.option("--gbit-per-s", a->gbit_per_s, "bandwidth of each rank's link, each way")
      .show_default();
  command.when_given([a, &action] {
    action = [a] {
      a->c.link.latency_s = a->latency_us * 1e-6;
      a->c.link.bytes_per_s = a->gbit_per_s * 1e9 / 8;
      return bench_scaling(a->c, a->ranks, a->algorithms, a->data);
    };
  });
}

}  // namespace laconic
