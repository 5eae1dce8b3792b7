// Training on a small planted graph, or on a few drawn images, without files: the pieces that the
// trainer is made of, on any number of ranks that are threads of this process.
#pragma once

#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/laconic/learn/graph_task.hpp"
#include "apps/laconic/learn/network_oracle.hpp"
#include "apps/laconic/learn/sampler/epoch.hpp"
#include "comm/gradient/sum.hpp"
#include "comm/transport/transports.hpp"
#include "data/graph/formats/planted.hpp"
#include "data/images/formats/shapes.hpp"
#include "data/images/image_batches.hpp"
#include "framework/optim/graph_parameters.hpp"
#include "framework/optim/optimizer.hpp"
#include "models/cnn/cnn.hpp"
#include "models/gcn/gcn.hpp"
#include "tests/framework/optim/optimizers.hpp"

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
  data::PlantedSource source;
  source.planted = {.nodes = nodes,
                    .blocks = 8,
                    .classes = 4,
                    .features = features,
                    .degree = 8,
                    .within = 0.8,
                    .signal = 1};
  return source.load(1);
}

inline data::Partition blocks_of(const data::Graph& graph, int64_t parts,
                                 data::Partitioner method = data::Partitioner::contiguous) {
  return data::partition(graph.pattern(),
                         {.parts = parts, .seed = 1, .method = method, .balance_edges = false});
}

// The options of a graph network or an MLP.
inline models::GcnOptions& gcn(models::ModelOptions& model) {
  return model.kind.as<models::GcnOptions>();
}

inline models::ModelOptions small_model(double dropout = 0) {
  models::ModelOptions model;
  gcn(model).hidden = 24;
  gcn(model).dropout = dropout;
  gcn(model).precompute = models::Aggregated::none;
  return model;
}

// A network and its batches as a task, without data behind them.
class BareTask final : public Classification {
 public:
  BareTask(const graph::Graph& network, const data::Batches& batches)
      : network_(network), batches_(batches) {}
  const std::string& name() const override { return none_[0]; }
  const graph::Graph& network() const override { return network_; }
  const data::Batches& batches() const override { return batches_; }
  int64_t outputs() const override { return network_.width(network_.output()); }
  bool is_multi_label() const override { return false; }
  int64_t rows() const override { return batches_.rows(); }
  const char* row_header() const override { return ""; }
  std::string row_name(int64_t) const override { return ""; }
  std::string class_name(int64_t) const override { return ""; }
  SplitScores score(const graph::Point<float>&, const SeeLogits&) override { return {}; }
  double majority() const override { return 0; }
  const data::LabelCounts& label_counts() const override { return counts_; }
  const std::vector<std::string>& notes() const override { return none_; }
  const std::vector<std::string>& warnings() const override { return none_; }
  Facts::Lines facts() const override { return {}; }

 private:
  const graph::Graph& network_;
  const data::Batches& batches_;
  const std::vector<std::string> none_ = {""};
  const data::LabelCounts counts_ = {};
};

struct TrainSettings {
  int ranks = 1;
  int64_t accumulate = 1;
  int64_t steps = 6;
  int threads = 1;
  uint64_t seed = 7;
  int32_t clusters_per_batch = 2;
  models::ModelOptions model = small_model();
  optim::OptimizerOptions optimizer{};
  comm::ExchangeOptions exchange = {};
  comm::GradientOptions gradient = {};
};

struct RunResult {
  std::vector<double> losses;                 // a step: mean over the labels of all ranks
  std::vector<std::vector<float>> gradients;  // a step
  std::vector<float> parameters;              // at the end, on rank 0
};

// Trains; expects that all ranks end with the same bits.
inline RunResult run(const graph::Graph& network, const data::Batches& batches,
                     const TrainSettings& options) {
  const Context context{.seed = options.seed, .threads = options.threads, .isa = detect_isa()};
  RunResult result;
  std::vector<std::vector<float>> ends(options.ranks);
  on_ranks(
      options.ranks,
      [&](comm::Exchange& exchange) {
        omp_set_num_threads(options.threads);
        EpochSampler sampler(batches, options.seed, exchange.size(), options.accumulate);
        const BareTask task(network, batches);
        PhaseTimer timer;
        NetworkOracle oracle(task, context, timer);
        comm::GradientSum sum(exchange, context, options.gradient, {}, network.parameter_count);
        sum.allocate();
        std::vector<float> parameters(network.parameter_count), gradients(parameters.size());
        graph::initialise(network, options.seed, parameters);
        optim::Optimizer optimizer(context, options.optimizer, optim::parameters_of(network),
                                   network.parameter_count);
        optimizer.allocate();
        const std::unique_ptr<data::Batch> batch = batches.make_batch();
        EpochPosition position;
        const auto leave = [&](int64_t end) { sum.ready(gradients, end); };
        for (int64_t s = 0; s < options.steps; ++s, sampler.advance(position)) {
          const auto labels = static_cast<float>(sampler.labels(position));
          std::ranges::fill(gradients, 0.0f);
          BatchSums total;
          sum.begin(s, options.optimizer.lr);
          for (int64_t a = 0; a < options.accumulate; ++a) {
            auto& feed = batch->build(sampler.group(position, a, exchange.rank()));
            feed.step = sampler.serial(position, a, exchange.rank());
            oracle.gradient(parameters, feed, labels > 0 ? 1 / labels : 0, gradients, total,
                            a + 1 == options.accumulate ? NetworkOracle::OnFinal(leave) : nullptr);
          }
          const std::span<double> beside[] = {total.values()};
          EXPECT_TRUE(sum.finish(gradients, beside));
          if (exchange.rank() == 0) {
            result.losses.push_back(total.mean(0));
            result.gradients.push_back(gradients);
          }
          optimizer.step(options.optimizer.lr, parameters, gradients);
        }
        ends[exchange.rank()] = parameters;
      },
      options.exchange);
  for (const auto& end : ends) EXPECT_EQ(end, ends[0]);
  result.parameters = ends[0];
  return result;
}

inline RunResult run(const data::Graph& graph, const data::Partition& partition,
                     const TrainSettings& options) {
  const graph::Graph network = models::build(
      options.model, {.features = graph.features.cols, .outputs = graph.labels.classes},
      models::Purpose::train);
  const data::ClusterBatches batches(
      graph.edges(), {&graph.features}, graph.labels, graph.split.train, partition,
      models::needs(options.model).normalisation, options.clusters_per_batch);
  return run(network, batches, options);
}

inline data::Images drawn_images(int64_t count) {
  data::ShapesSource source;
  source.shapes.images = count;
  source.shapes.size = 12;
  return source.load(1);
}

inline models::ModelOptions small_cnn(double dropout = 0) {
  models::ModelOptions model;
  model.kind.select("cnn");
  auto& cnn = model.kind.as<models::CnnOptions>();
  cnn.channels = {6, 10};
  cnn.kernel = 3;
  cnn.dense = {16};
  cnn.dropout = dropout;
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
