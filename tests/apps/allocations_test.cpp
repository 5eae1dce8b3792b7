// Steps in steady state allocate nothing, on any thread: batches ahead of time, forward, backward,
// exchange, update. Counted are the calls of operator new in this process; what libraries take by
// malloc is theirs.
#include "tests/comm/allocations.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "apps/laconic/learn/batch_stream.hpp"
#include "comm/sparse/options.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

struct SumOptions {
  SumOptions() { gradient.bucket_mb = 0.002; }
  comm::ExchangeOptions exchange;
  comm::GradientOptions gradient;
};

// Two epochs after two of warming up, with everything that a step of the trainer uses.
int64_t allocations_of_steps(const graph::Graph& network, const data::Batches& batches, int ranks,
                             int threads, const SumOptions& options = {}) {
  const Context context{.seed = 1, .threads = threads, .isa = detect_isa()};
  int64_t counted = -1;
  on_ranks(
      ranks,
      [&](comm::Exchange& exchange) {
        omp_set_num_threads(threads);
        const int rank = exchange.rank();
        EpochSampler sampler(batches, 1, ranks, 1);
        const BareTask task(network, batches);
        PhaseTimer timer;
        NetworkOracle oracle(task, context, timer);
        comm::GradientSum sum(exchange, context, options.gradient, {}, network.parameter_count);
        sum.allocate();
        std::vector<float> parameters(network.parameter_count), gradients(parameters.size());
        graph::initialise(network, 1, parameters);
        optim::Optimizer optimizer(context, {}, optim::parameters_of(network),
                                   network.parameter_count);
        optimizer.allocate();
        const int64_t steps = sampler.steps_per_epoch();
        BatchStream stream(batches, sampler, {}, 4 * steps, 1, rank, timer);
        EpochPosition position;
        const auto leave = [&](int64_t end) { sum.ready(gradients, end); };
        const auto epoch = [&] {
          for (int64_t s = 0; s < steps; ++s, sampler.advance(position)) {
            const auto labels = static_cast<float>(sampler.labels(position));
            std::ranges::fill(gradients, 0.0f);
            BatchSums total;
            sum.begin(s, 0.01);
            oracle.gradient({parameters, oracle.state(), oracle.state()}, stream.next(),
                            labels > 0 ? 1 / labels : 0, gradients, total, std::ref(leave));
            const std::span<double> beside[] = {total.values()};
            sum.finish(gradients, beside);
            optim::clip(context, gradients, 1);
            optimizer.step(0.01 * optim::schedule({}, s, steps, 4 * steps), parameters, gradients);
          }
        };
        epoch();
        epoch();
        exchange.barrier();
        if (rank == 0) comm::test::start_counting();
        exchange.barrier();
        epoch();
        epoch();
        exchange.barrier();
        if (rank == 0) counted = comm::test::stop_counting();
        exchange.barrier();
      },
      options.exchange);
  std::printf("%d ranks, %d threads: %lld allocations by oneDNN\n", ranks, threads,
              static_cast<long long>(comm::test::counted_in_libraries()));
  return counted;
}

int64_t allocations_of_steps(const data::Graph& graph, const models::ModelOptions& model, int ranks,
                             int threads, const SumOptions& options = {}) {
  const data::Features& features = graph.features;
  const models::ModelInputs inputs{.features = features.cols,
                                   .sparse = features.is_sparse() || features.is_bits(),
                                   .aggregated_sparse = features.is_sparse(),
                                   .outputs = graph.labels.classes};
  const graph::Graph network = models::build(model, inputs, models::Purpose::train);
  const std::vector<const data::Features*> tables(network.inputs.size(), &graph.features);
  const data::ClusterBatches batches(graph.edges(), tables, graph.labels, graph.split.train,
                                     blocks_of(graph, 18), models::needs(model).normalisation, 2);
  return allocations_of_steps(network, batches, ranks, threads, options);
}

TEST(SteadySteps, AllocateNothingOnImages) {
  const data::Images images = drawn_images(500);
  const graph::Graph network =
      models::build(small_cnn(0.2), inputs_of(images), models::Purpose::train);
  const data::ImageBatches batches(images, images.split.train, 32, {});
  EXPECT_EQ(allocations_of_steps(network, batches, 1, 1), 0);
  EXPECT_EQ(allocations_of_steps(network, batches, 1, 2), 0);
  EXPECT_EQ(allocations_of_steps(network, batches, 2, 1), 0);
}

TEST(SteadySteps, AllocateNothingOnOneRank) {
  const data::Graph graph = planted_graph(900);
  EXPECT_EQ(allocations_of_steps(graph, small_model(0.2), 1, 1), 0);
  EXPECT_EQ(allocations_of_steps(graph, small_model(0.2), 1, 2), 0);
}

TEST(SteadySteps, AllocateNothingOnTwoRanks) {
  EXPECT_EQ(allocations_of_steps(planted_graph(900), small_model(0.2), 2, 1), 0);
}

TEST(SteadySteps, AllocateNothingWithASparseExchange) {
  for (const int ranks : {3, 8})
    for (const auto type : {ops::ValueType::float32, ops::ValueType::bfloat16}) {
      SumOptions options;
      options.exchange.allreduce.select("oktopk");
      options.exchange.allreduce.as<comm::SparseOptions>().format.type = type;
      options.gradient.density.density = 0.05;
      options.gradient.density.auto_dense = false;
      EXPECT_EQ(allocations_of_steps(planted_graph(900), small_model(0.2), ranks, 1, options), 0);
    }
}

TEST(SteadySteps, AllocateNothingWithSparseFeatures) {
  data::Graph graph = planted_graph(900);
  for (float& x : graph.features.values) x = std::max(x, 0.0f);
  graph.features = data::to_sparse(graph.features);
  models::ModelOptions model = small_model(0.2);
  gcn(model).precompute = models::Aggregated::mean;
  gcn(model).residual = true;
  EXPECT_EQ(allocations_of_steps(graph, model, 2, 2), 0);
}

TEST(SteadySteps, AllocateNothingWithEachNorm) {
  using Kind = models::NormOptions::Kind;
  for (const Kind norm : {Kind::none, Kind::layer, Kind::batch, Kind::group}) {
    models::ModelOptions model = small_model(0.2);
    gcn(model).norm.kind = norm;
    EXPECT_EQ(allocations_of_steps(planted_graph(900), model, 2, 2), 0) << static_cast<int>(norm);
  }
}

TEST(SteadySteps, AllocateNothingWithBits) {
  data::Graph graph = planted_graph(900);
  for (float& x : graph.features.values) x = x > 0 ? 1 : 0;
  graph.features = data::to_bits(graph.features);
  models::ModelOptions model = small_model(0.2);
  gcn(model).precompute = models::Aggregated::none;
  EXPECT_EQ(allocations_of_steps(graph, model, 1, 1), 0);
  EXPECT_EQ(allocations_of_steps(graph, model, 2, 2), 0);
}

TEST(SteadySteps, AllocateNothingWithManyLabels) {
  data::Graph graph = planted_graph(900);
  graph.labels.multi_indptr = {0};
  for (const int32_t c : graph.labels.single) {
    if (c >= 0) graph.labels.multi_indices.push_back(c);
    graph.labels.multi_indptr.push_back(std::ssize(graph.labels.multi_indices));
  }
  graph.labels.single.clear();
  models::ModelOptions model = small_model(0.2);
  gcn(model).norm.kind = models::NormOptions::Kind::none;
  gcn(model).bias = true;
  EXPECT_EQ(allocations_of_steps(graph, model, 2, 1), 0);
}

}  // namespace
}  // namespace laconic::test
