// Training on a small planted graph, or on a few drawn images, without files: the pieces that the
// trainer is made of, on any number of ranks that are threads of this process.
#pragma once

#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/laconic/train/batch_cursor.hpp"
#include "apps/laconic/train/gradient_step.hpp"
#include "apps/laconic/train/graph_task.hpp"
#include "comm/transports.hpp"
#include "data/graph/source.hpp"
#include "data/images/image_batches.hpp"
#include "data/images/source.hpp"
#include "framework/optim/optimizer.hpp"

namespace laconic::test {

// body(exchange) on a thread a rank. A body that throws fails the test.
template <class Body>
void on_ranks(int ranks, Body body, const comm::ExchangeOptions& options = {}) {
  auto group = comm::make_thread_group(ranks);
  std::vector<std::thread> threads;
  for (auto& communicator : group)
    threads.emplace_back([&, mine = std::move(communicator)]() mutable {
      try {
        comm::Exchange exchange(std::move(mine), options);
        body(exchange);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
}

inline data::Graph planted_graph(int64_t nodes = 400, int64_t features = 16) {
  data::SourceOptions source;
  source.format = "planted";
  source.planted = {.nodes = nodes,
                    .blocks = 8,
                    .classes = 4,
                    .features = features,
                    .degree = 8,
                    .within = 0.8,
                    .signal = 1};
  return data::load_graph(source);
}

inline data::Partition blocks_of(const data::Graph& graph, int64_t parts,
                                 const char* method = "contiguous") {
  return data::partition(graph.pattern(),
                         {.parts = parts, .seed = 1, .method = method, .balance_edges = false});
}

inline models::ModelOptions small_model(double dropout = 0) {
  models::ModelOptions model;
  model.hidden = 24;
  model.dropout = dropout;
  model.precompute = "none";
  return model;
}

struct RunOptions {
  int ranks = 1;
  int64_t accumulate = 1;
  int64_t steps = 6;
  int threads = 1;
  uint64_t seed = 7;
  int32_t clusters_per_batch = 2;
  models::ModelOptions model = small_model();
  optim::OptimizerOptions optimizer{};
  comm::ExchangeOptions comm{};
};

struct RunResult {
  std::vector<double> losses;                 // a step: mean over the labels of all ranks
  std::vector<std::vector<float>> gradients;  // a step
  std::vector<float> parameters;              // at the end, on rank 0
};

// Trains; expects that all ranks end with the same bits.
inline RunResult run(const graph::Graph& network, const data::Batches& batches,
                     const RunOptions& options) {
  const Context context{.seed = options.seed, .threads = options.threads, .isa = detect_isa()};
  RunResult result;
  std::vector<std::vector<float>> ends(options.ranks);
  on_ranks(
      options.ranks,
      [&](comm::Exchange& exchange) {
        omp_set_num_threads(options.threads);
        BatchCursor cursor(batches, options.seed, exchange.size(), options.accumulate);
        graph::Executor<float> executor(network, context, batches.max_rows());
        PhaseTimer timer;
        comm::GradientSum sum(exchange, context, options.comm, {}, network.parameter_count);
        GradientStep step(executor, context, sum, timer);
        std::vector<float> parameters(network.parameter_count), gradients(parameters.size());
        graph::initialise(network, options.seed, parameters);
        optim::Optimizer optimizer(context, options.optimizer, network);
        const std::unique_ptr<data::Batch> batch = batches.make_batch();
        BatchPosition position;
        for (int64_t s = 0; s < options.steps; ++s, cursor.advance(position)) {
          int64_t a = 0;
          sum.begin(s, options.optimizer.lr);
          const StepSums sums =
              step.run(parameters, gradients, options.accumulate,
                       {.labels = cursor.labels(position)}, [&]() -> const graph::Feed<float>& {
                         auto& feed = batch->build(cursor.group(position, a, exchange.rank()));
                         feed.step = cursor.serial(position, a++, exchange.rank());
                         return feed;
                       });
          if (exchange.rank() == 0) {
            result.losses.push_back(sums.loss / std::max(1.0, sums.labels));
            result.gradients.push_back(gradients);
          }
          optimizer.step(options.optimizer.lr, parameters, gradients);
        }
        ends[exchange.rank()] = parameters;
      },
      options.comm);
  for (const auto& end : ends) EXPECT_EQ(end, ends[0]);
  result.parameters = ends[0];
  return result;
}

inline RunResult run(const data::Graph& graph, const data::Partition& partition,
                     const RunOptions& options) {
  const graph::Graph network = models::build(
      options.model, {.features = graph.features.cols, .outputs = graph.labels.classes},
      models::Purpose::train);
  const data::ClusterBatches batches(
      graph.pattern(), {&graph.features}, graph.labels, graph.split.train, partition,
      {options.model.normalisation, options.model.diagonal_lambda}, options.clusters_per_batch);
  return run(network, batches, options);
}

inline data::Images drawn_images(int64_t count) {
  data::SourceOptions source;
  source.format = "shapes";
  source.shapes.images = count;
  source.shapes.size = 12;
  return data::load_images(source);
}

inline models::ModelOptions small_cnn(double dropout = 0) {
  models::ModelOptions model;
  model.kind = "cnn";
  model.channels = {6, 10};
  model.kernel = 3;
  model.dense = {16};
  model.dropout = dropout;
  return model;
}

inline models::ModelInputs inputs_of(const data::Images& images) {
  return {.features = images.values(),
          .sparse = false,
          .outputs = images.classes,
          .image = {images.height, images.width, images.channels}};
}

// |a - b| / |b|, Euclidean.
inline double distance(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, size = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    size += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(difference / std::max(size, 1e-300));
}

}  // namespace laconic::test
