// Steps in steady state allocate nothing, on any thread: batches ahead of time, forward, backward,
// exchange, update. Counted are the calls of operator new in this process; what libraries take by
// malloc is theirs.
#include "tests/comm/allocations.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "data/prefetch.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

comm::ExchangeOptions few_bytes_a_bucket() {
  comm::ExchangeOptions options;
  options.bucket_mb = 0.002;
  return options;
}

// Two epochs after two of warming up, with everything that a step of the trainer uses.
int64_t allocations_of_steps(const graph::Graph& network, const data::Batches& batches, int ranks,
                             int threads,
                             const comm::ExchangeOptions& exchange_options = few_bytes_a_bucket()) {
  const Context context{.seed = 1, .threads = threads, .isa = detect_isa()};
  int64_t counted = -1;
  on_ranks(
      ranks,
      [&](comm::Exchange& exchange) {
        omp_set_num_threads(threads);
        const int rank = exchange.rank();
        BatchCursor cursor(batches, 1, ranks, 1);
        graph::Executor<float> executor(network, context, batches.max_rows());
        PhaseTimer timer;
        comm::GradientSum sum(exchange, context, exchange_options, {}, network.parameter_count);
        GradientStep gradient_step(executor, context, sum, timer);
        std::vector<float> parameters(network.parameter_count), gradients(parameters.size());
        graph::initialise(network, 1, parameters);
        optim::Optimizer optimizer(context, {}, network);
        const int64_t steps = cursor.steps_per_epoch();
        data::Prefetcher<std::unique_ptr<data::Batch>> prefetcher(
            batches.make_batch(), batches.make_batch(), 0, 4 * steps,
            [&, builder = cursor](int64_t i, std::unique_ptr<data::Batch>& batch) mutable {
              const BatchPosition at = builder.after({}, i);
              batch->build(builder.group(at, 0, rank)).step = builder.serial(at, 0, rank);
            });
        BatchPosition position;
        const auto epoch = [&] {
          for (int64_t s = 0; s < steps; ++s, cursor.advance(position)) {
            sum.begin(s, 0.01);
            gradient_step.run(parameters, gradients, 1, {.labels = cursor.labels(position)},
                              [&]() -> const graph::Feed<float>& {
                                const auto timing = timer.measure(Phase::data);
                                return prefetcher.next()->feed();
                              });
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
      exchange_options);
  std::printf("%d ranks, %d threads: %lld allocations by oneDNN\n", ranks, threads,
              static_cast<long long>(comm::test::counted_in_libraries()));
  return counted;
}

int64_t allocations_of_steps(const data::Graph& graph, const models::ModelOptions& model, int ranks,
                             int threads,
                             const comm::ExchangeOptions& exchange_options = few_bytes_a_bucket()) {
  const data::Features& features = graph.features;
  const models::ModelInputs inputs{.features = features.cols,
                                   .sparse = features.is_sparse() || features.is_bits(),
                                   .aggregated_sparse = features.is_sparse(),
                                   .outputs = graph.labels.classes};
  const graph::Graph network = models::build(model, inputs, models::Purpose::train);
  const std::vector<const data::Features*> tables(network.inputs.size(), &graph.features);
  const data::ClusterBatches batches(graph.pattern(), tables, graph.labels, graph.split.train,
                                     blocks_of(graph, 18),
                                     {model.normalisation, model.diagonal_lambda}, 2);
  return allocations_of_steps(network, batches, ranks, threads, exchange_options);
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
    for (const char* type : {"float32", "bfloat16"}) {
      comm::ExchangeOptions options = few_bytes_a_bucket();
      options.allreduce = "oktopk";
      options.density = 0.05;
      options.sparse.value_type = type;
      options.auto_dense = false;
      EXPECT_EQ(allocations_of_steps(planted_graph(900), small_model(0.2), ranks, 1, options), 0);
    }
}

TEST(SteadySteps, AllocateNothingWithSparseFeatures) {
  data::Graph graph = planted_graph(900);
  for (float& x : graph.features.values) x = std::max(x, 0.0f);
  graph.features = data::to_sparse(graph.features);
  models::ModelOptions model = small_model(0.2);
  model.precompute = "mean";
  model.residual = true;
  EXPECT_EQ(allocations_of_steps(graph, model, 2, 2), 0);
}

TEST(SteadySteps, AllocateNothingWithBits) {
  data::Graph graph = planted_graph(900);
  for (float& x : graph.features.values) x = x > 0 ? 1 : 0;
  graph.features = data::to_bits(graph.features);
  models::ModelOptions model = small_model(0.2);
  model.precompute = "none";
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
  model.norm = "none";
  model.bias = true;
  EXPECT_EQ(allocations_of_steps(graph, model, 2, 1), 0);
}

}  // namespace
}  // namespace laconic::test
