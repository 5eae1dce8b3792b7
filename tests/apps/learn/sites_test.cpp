// Sites: slices that move between homes, sites and rank 0, against the network as one buffer; a
// round, against the whole network with the weights of other sites set to zero.
#include "apps/laconic/learn/sites.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "apps/laconic/learn/options.hpp"
#include "tests/apps/small_run.hpp"
#include "tests/framework/graph/divided_networks.hpp"

namespace laconic::test {
namespace {

using graph::Division;

// The arrays of all sites that a rank hosts, in one division.
struct Held {
  std::vector<std::vector<float>> memory;
  SliceArrays arrays;

  Held(const graph::SlicePlan& plan, const Hosted& hosted, Division division, size_t count = 1)
      : arrays{division, count, std::vector<std::vector<std::span<float>>>(hosted.sites)} {
    memory.reserve(hosted.sites * count);
    for (int s = hosted.rank; s < hosted.sites; s += hosted.ranks)
      for (size_t k = 0; k < count; ++k) {
        memory.emplace_back(plan.elements(division, s), -1.0f);
        arrays.of_site[s].push_back(memory.back());
      }
  }
};

// Returns the place of element (row, col) of a parameter in the network's buffer.
int64_t place(const graph::Graph& network, int64_t p, int64_t row, int64_t col) {
  return network.parameters[p].offset + row * network.parameters[p].spec.cols + col;
}

std::vector<float> numbered(int64_t n, float first) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), first);
  return values;
}

TEST(Slices, MoveAsElementsOfOneNetworkDo) {
  for (const int ranks : {1, 2, 3, 4})
    for (const int sites : {4, 5})
      for (const graph::Deal deal : {graph::Deal::uniform, graph::Deal::stratified}) {
        const graph::Graph network = graph::test::mlp({6, 13, 10, 11, 3}, true, true);
        std::vector<std::vector<int64_t>> sent(3, std::vector<int64_t>(ranks));
        std::vector<float> end;
        on_ranks(ranks, [&](comm::Exchange& exchange) {
          const Hosted hosted{exchange.rank(), ranks, sites};
          graph::SlicePlan plan(network, sites);
          plan.deal(1, 5, deal);
          PhaseTimer timer;
          SliceExchange slices(exchange, plan, hosted, timer);
          const bool is_root = exchange.rank() == 0;
          std::vector<float> start = numbered(network.parameter_count, 1), after(start.size(), -1);
          SliceArrays whole{Division::whole, 1, std::vector<std::vector<std::span<float>>>(sites)};
          if (is_root) whole.of_site[0] = {start};
          Held homes(plan, hosted, Division::homes), subnets(plan, hosted, Division::sites);
          slices.move(whole, homes.arrays, "scatter");
          slices.move(homes.arrays, subnets.arrays, "dispatch");
          // Site s has the elements that the plan names, and adds 1000 s.
          for (int s = hosted.rank; s < sites; s += ranks)
            for (int64_t p = 0; p < plan.parameters(); ++p) {
              const graph::Slice slice = plan.slice(Division::sites, s, p);
              float* element =
                  subnets.arrays.of_site[s][0].data() + plan.offset(Division::sites, s, p);
              for (const int32_t row : slice.rows)
                for (const int32_t col : slice.cols) {
                  EXPECT_EQ(*element, static_cast<float>(1 + place(network, p, row, col)));
                  *element++ += 1000.0f * static_cast<float>(s);
                }
            }
          slices.move(subnets.arrays, homes.arrays, "gather");
          if (is_root) whole.of_site[0] = {after};
          slices.move(homes.arrays, whole, "evaluate");
          const std::map<std::string, int64_t> bytes = exchange.sent_by_phase();
          const auto bytes_of = [&](const char* purpose) {
            const auto found = bytes.find(purpose);
            return found == bytes.end() ? 0 : found->second;
          };
          sent[0][hosted.rank] = bytes_of("dispatch");
          sent[1][hosted.rank] = bytes_of("gather");
          sent[2][hosted.rank] = bytes_of("evaluate");
          if (is_root) end = after;
        });
        // The same, element by element, on one buffer.
        graph::SlicePlan plan(network, sites);
        plan.deal(1, 5, deal);
        std::vector<float> expected = numbered(network.parameter_count, 1);
        std::vector<int64_t> crossing(3, 0);
        const auto holds = [&](Division division, int s, int64_t p, int64_t row, int64_t col) {
          const graph::Slice slice = plan.slice(division, s, p);
          return std::ranges::count(slice.rows, row) > 0 && std::ranges::count(slice.cols, col) > 0;
        };
        for (int64_t p = 0; p < plan.parameters(); ++p)
          for (int64_t row = 0; row < network.parameters[p].spec.rows; ++row)
            for (int64_t col = 0; col < network.parameters[p].spec.cols; ++col) {
              int home = -1, holders = 0, sum = 0;
              for (int s = 0; s < sites; ++s)
                if (holds(Division::homes, s, p, row, col)) home = s;
              for (int s = 0; s < sites; ++s)
                if (holds(Division::sites, s, p, row, col)) {
                  ++holders;
                  sum += 1000 * s;
                  crossing[0] += s % ranks != home % ranks ? 4 : 0;
                }
              crossing[2] += home % ranks != 0 ? 4 : 0;
              if (holders > 0)
                expected[place(network, p, row, col)] +=
                    static_cast<float>(sum) / static_cast<float>(holders);
            }
        crossing[1] = crossing[0];
        ASSERT_EQ(end, expected) << ranks << " ranks, " << sites << " sites";
        for (int move = 0; move < 3; ++move)
          EXPECT_EQ(std::accumulate(sent[move].begin(), sent[move].end(), int64_t{0}),
                    crossing[move])
              << "move " << move << ", " << ranks << " ranks, " << sites << " sites";
      }
}

// Some rounds of independent subnets: of `Sites` on some ranks, and of the whole network.
struct Rounds {
  static constexpr int sites = 3, steps = 2, rounds = 3;
  static constexpr double lr = 0.1, momentum = 0.9;
  static constexpr uint64_t seed = 4;

  data::Images images = drawn_images(90);
  data::ImageBatches batches;
  graph::Graph network;
  Config config;
  Context context{.seed = seed, .threads = 1, .isa = detect_isa()};

  explicit Rounds(bool norm)
      : batches(images, images.split.train, 8, {}, ops::Space()),
        network(graph::test::mlp({images.values(), 14, 10, images.classes}, true, norm)) {
    config.get<OptimizerOptions>().optimizer = optim::test::sgd(lr, momentum);
  }

  std::vector<float> start() const {
    std::vector<float> theta(network.parameter_count);
    graph::initialise(network, seed, theta);
    return theta;
  }

  std::vector<float> on_sites(int ranks) {
    std::vector<float> theta = start();
    on_ranks(ranks, [&](comm::Exchange& exchange) {
      omp_set_num_threads(1);
      const BareTask task(network, batches);
      PhaseTimer timer;
      Sites all({.config = config,
                 .context = context,
                 .exchange = exchange,
                 .timer = timer,
                 .ranks = ranks},
                task, {.count = sites});
      EpochSampler sampler(batches, seed, sites, 1);
      EpochPosition position;
      all.begin(sampler, position, rounds * steps);
      const std::span<float> mine = exchange.rank() == 0 ? std::span(theta) : std::span<float>();
      all.scatter(mine);
      for (int round = 0; round < rounds; ++round) {
        all.deal(round);
        all.dispatch();
        for (int t = 0; t < steps; ++t, sampler.advance(position)) all.step(lr, sampler, position);
        all.gather();
      }
      std::ranges::fill(mine, -1.0f);
      all.assemble(mine, /*during_round=*/false);
    });
    return theta;
  }

  // A unit whose weights are zero does not contribute. So the subnet of a site is the network in
  // which all other weights are zero, and its gradient is that of its own weights.
  std::vector<float> on_whole_network() {
    const BareTask task(network, batches);
    PhaseTimer timer;
    NetworkOracle oracle(task, context, timer);
    graph::SlicePlan plan(network, sites);
    EpochSampler sampler(batches, seed, sites, 1);
    std::vector<float> theta = start(), velocity(theta.size());
    EpochPosition position;
    for (int round = 0; round < rounds; ++round) {
      plan.deal(seed, round, graph::Deal::uniform);
      std::vector<double> sum(theta.size()), velocity_sum(theta.size());
      std::vector<int> holders(theta.size());
      EpochPosition end;
      for (int s = 0; s < sites; ++s) {
        std::vector<float> mask(theta.size());
        for (int64_t p = 0; p < plan.parameters(); ++p)
          for (const int32_t row : plan.slice(Division::sites, s, p).rows)
            for (const int32_t col : plan.slice(Division::sites, s, p).cols)
              mask[place(network, p, row, col)] = 1;
        std::vector<float> w = theta, v = velocity;
        for (size_t e = 0; e < w.size(); ++e) w[e] *= mask[e];
        end = position;
        for (int t = 0; t < steps; ++t, sampler.advance(end)) {
          const std::span<const int32_t> group = sampler.group(end, 0, s);
          std::vector<float> g(w.size());
          if (group.empty()) continue;
          oracle.gradient(w, group, 1.0f / static_cast<float>(group.size()), g);
          for (size_t e = 0; e < w.size(); ++e) {
            v[e] = mask[e] > 0 ? static_cast<float>(momentum) * v[e] + g[e] : v[e];
            w[e] -= mask[e] * static_cast<float>(lr) * v[e];
          }
        }
        for (size_t e = 0; e < w.size(); ++e)
          if (mask[e] > 0) {
            sum[e] += w[e];
            velocity_sum[e] += v[e];
            ++holders[e];
          }
      }
      for (size_t e = 0; e < theta.size(); ++e)
        if (holders[e] > 0) {
          theta[e] = static_cast<float>(sum[e] / holders[e]);
          velocity[e] = static_cast<float>(velocity_sum[e] / holders[e]);
        }
      position = end;
    }
    return theta;
  }
};

TEST(Sites, TrainAsTheWholeNetworkDoesWithAllOtherWeightsZero) {
  for (const bool norm : {false, true}) {
    Rounds rounds(norm);
    const std::vector<float> found = rounds.on_sites(1), expected = rounds.on_whole_network();
    EXPECT_LE(distance(found, expected), 1e-5) << (norm ? "batch norm" : "no norm");
    EXPECT_GE(distance(rounds.start(), expected), 1e-2) << "the control: they have trained";
  }
}

TEST(Sites, HaveTheSameBitsOnAnyNumberOfRanks) {
  Rounds rounds(true);
  const std::vector<float> one = rounds.on_sites(1);
  for (const int ranks : {2, 3}) EXPECT_EQ(rounds.on_sites(ranks), one);
}

// Without steps a hundred rounds of moves leave every bit where it was, means included.
TEST(Sites, ChangeNothingWithoutSteps) {
  const graph::Graph network = graph::test::mlp({6, 13, 10, 3}, true, true);
  on_ranks(2, [&](comm::Exchange& exchange) {
    const Hosted hosted{exchange.rank(), 2, 7};
    graph::SlicePlan plan(network, 7);
    PhaseTimer timer;
    SliceExchange slices(exchange, plan, hosted, timer);
    std::vector<float> start(network.parameter_count), end(start.size());
    graph::initialise(network, 3, start);
    for (float& value : start) value += 0.1f;  // a bias that is zero would prove little
    SliceArrays whole{Division::whole, 1, std::vector<std::vector<std::span<float>>>(7)};
    if (exchange.rank() == 0) whole.of_site[0] = {start};
    Held homes(plan, hosted, Division::homes), subnets(plan, hosted, Division::sites);
    slices.move(whole, homes.arrays, "scatter");
    for (int round = 0; round < 100; ++round) {
      plan.deal(1, round, graph::Deal::uniform);
      slices.move(homes.arrays, subnets.arrays, "dispatch");
      slices.move(subnets.arrays, homes.arrays, "gather");
    }
    if (exchange.rank() == 0) whole.of_site[0] = {end};
    slices.move(homes.arrays, whole, "evaluate");
    if (exchange.rank() == 0) {
      EXPECT_EQ(end, start);
    }
  });
}

}  // namespace
}  // namespace laconic::test
