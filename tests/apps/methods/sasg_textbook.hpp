// The algorithm of sasg on one machine, written down worker by worker: the reference of its tests.
#pragma once

#include <algorithm>
#include <numeric>

#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/learn/sampler/epoch.hpp"
#include "apps/laconic/learn/task.hpp"
#include "framework/graph/executor.hpp"
#include "framework/ops/codec/codec.hpp"
#include "framework/ops/loss/loss.hpp"
#include "tests/apps/methods/method_run.hpp"

namespace laconic::test {

using Floats = std::vector<float>;

// The options of the method, as the textbook has them.
struct LazyRule {
  int workers = 3, D = 3, max_staleness = 4, check_every = 1;
  double c = 0.5, density = 0.1;
  bool global = false, bfloat16 = true;
  bool refreshes = false;  // the fault of the authors' distributed program: w_m <- θ in every step
};

struct WorkerState {
  Floats e, w, s;
  int64_t staleness = 0;
};

// θ and what each worker keeps, after every step.
struct LazyCourse {
  std::vector<Floats> theta;
  std::vector<std::vector<WorkerState>> workers;
  int64_t uploads() const {
    int64_t count = 0;
    for (const auto& step : workers)
      for (const WorkerState& m : step) count += m.staleness == 1 ? 1 : 0;
    return count;
  }
};

// s <- the k largest of e in each region, ties to the lowest index; e <- e - s.
inline void keep_largest(const std::vector<int64_t>& sizes, const LazyRule& rule, Floats& e,
                         Floats& s) {
  std::ranges::fill(s, 0.0f);
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    std::vector<int64_t> order(size);
    std::iota(order.begin(), order.end(), begin);
    std::ranges::stable_sort(order,
                             [&](int64_t a, int64_t b) { return std::abs(e[a]) > std::abs(e[b]); });
    order.resize(
        std::max<int64_t>(1, static_cast<int64_t>(rule.density * static_cast<double>(size))));
    for (const int64_t i : order) {
      s[i] = rule.bfloat16 ? ops::to_bfloat16(e[i]) : e[i];
      e[i] -= s[i];
    }
    begin += size;
  }
}

// The algorithm, one worker after the other.
inline LazyCourse lazy_textbook(const std::string& file, const Overrides& overrides,
                                const LazyRule& rule) {
  const Config config = load_config(file, overrides);
  const double lr = config.get<OptimizerOptions>().optimizer.lr;
  const TrainOptions& options = config.get<TrainOptions>();
  const Context context = make_context(config, 1);
  comm::Exchange alone(comm::make_self(), config.comm());
  const auto task = make_task(config, context, alone, Task::Use::train);
  const graph::Graph& network = task->network();
  graph::Executor<float> executor(network, context, task->batches().largest());
  const auto batch = task->batches().make_batch();
  EpochSampler sampler(task->batches(), context.seed, rule.workers, options.accumulate);
  Floats theta(network.parameter_count);
  graph::initialise(network, context.seed, theta);
  const double M = rule.workers, gamma = lr / M;

  const auto gradient = [&](const Floats& at, EpochPosition position, int m) {  // γ g
    Floats sum(at.size());
    const int64_t labels = sampler.labels(position, m);
    for (int64_t a = 0; a < options.accumulate && labels > 0; ++a) {
      graph::Feed<float>& feed = batch->build(sampler.group(position, a, m));
      feed.step = sampler.serial(position, a, m);
      const MatrixView<const float> output = executor.forward(at, feed, true);
      ops::loss(context, output, feed.targets,
                static_cast<float>(gamma / static_cast<double>(labels)),
                executor.output_cotangent());
      executor.backward(at, feed, std::span<float>(sum));
    }
    return sum;
  };

  std::vector<int64_t> sizes;
  for (const graph::Parameter& parameter : network.parameters) sizes.push_back(parameter.size());
  if (rule.global) sizes = {network.parameter_count};
  const Floats zeros(theta.size());
  std::vector<WorkerState> workers(rule.workers, WorkerState{zeros, zeros, zeros});
  std::vector<double> squares;
  LazyCourse course;
  EpochPosition position;
  const int64_t steps = sampler.steps_until({}, options.epochs);
  for (int64_t t = 0; t < steps; ++t, sampler.advance(position)) {
    double threshold = 0;
    for (int64_t d = std::max<int64_t>(0, t - rule.D); d < t; ++d) threshold += squares[d] / gamma;
    threshold *= rule.c / (M * M);
    for (int m = 0; m < rule.workers; ++m) {
      WorkerState& worker = workers[m];
      const bool has_labels = sampler.labels(position, m) > 0;
      bool sends = false;
      if (has_labels) {
        const Floats g = gradient(theta, position, m);
        sends = t < rule.D || threshold == 0 || worker.staleness == 0 ||
                worker.staleness >= rule.max_staleness;
        if (!sends && t % rule.check_every == 0) {
          const Floats old = gradient(worker.w, position, m);
          double change = 0;
          for (size_t i = 0; i < g.size(); ++i) change += std::pow((g[i] - old[i]) / gamma, 2);
          sends = change > threshold;
        } else if (!sends) {
          sends = worker.staleness == 1;
        }
        if (sends) {
          for (size_t i = 0; i < g.size(); ++i) worker.e[i] += g[i];
          keep_largest(sizes, rule, worker.e, worker.s);
          worker.w = theta;
          worker.staleness = 1;
        }
      }
      if (!sends && worker.staleness > 0) ++worker.staleness;
      if (rule.refreshes) worker.w = theta;
    }
    double square = 0;
    for (size_t i = 0; i < theta.size(); ++i) {
      float sum = 0;
      for (const WorkerState& worker : workers) sum += worker.s[i];
      theta[i] -= sum;
      square += static_cast<double>(sum) * sum;
    }
    squares.push_back(square);
    course.theta.push_back(theta);
    course.workers.push_back(workers);
  }
  return course;
}

}  // namespace laconic::test
