#include "apps/laconic/train/step_bench.hpp"

#include <algorithm>

#include "apps/laconic/train/batch_cursor.hpp"
#include "apps/laconic/train/gradient_step.hpp"
#include "apps/laconic/train/graph_task.hpp"
#include "apps/laconic/train/session.hpp"
#include "comm/transports.hpp"
#include "data/graph/formats/hdf5_file.hpp"
#include "data/prefetch.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/bits/bits.hpp"
#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/list.hpp"
#include "framework/optim/optimizer.hpp"

namespace laconic {
namespace {

double since(int64_t start_ns) {
  return static_cast<double>(steady_ns() - start_ns) * 1e-9;
}

// The products and convolutions of one epoch and nothing else: forward, weight gradient, input
// gradient where there is one. Features that are bits are multiplied as such.
class Products {
 public:
  Products(const Context& context, const graph::Graph& network, int64_t max_rows)
      : context_(context), network_(network) {
    int64_t widest = 1, largest = 1;
    for (const graph::Node& node : network.nodes) {
      convolutions_.push_back(
          node.spec.kind == "conv2d"
              ? ops::choose<float>(node.spec, context).implementation->make(node.spec, context)
              : nullptr);
      widest = std::max(widest, node.spec.output_width);
      for (const int64_t w : node.spec.input_widths) widest = std::max(widest, w);
      for (const auto& p : node.spec.parameters) largest = std::max(largest, p.rows * p.cols);
    }
    for (auto* v : {&x_, &z_, &d_}) v->assign(max_rows * widest, 0.5f);
    for (auto* v : {&w_, &g_}) v->assign(largest, 0.5f);
  }

  void run(const graph::Feed<float>& feed) {
    using ops::gemm, ops::Transpose;
    const int64_t rows = feed.rows;
    for (size_t n = 0; n < network_.nodes.size(); ++n) {
      const graph::Node& node = network_.nodes[n];
      if (convolutions_[n]) convolve(*convolutions_[n], node, rows);
      if (node.spec.kind != "linear") continue;
      const int64_t out = node.spec.output_width;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const int64_t in = node.spec.input_widths[i];
        const MatrixView<float> x(x_.data(), rows, in), z(z_.data(), rows, out),
            w(w_.data(), in, out);
        const MatrixView<float> g(g_.data(), in, out), d(d_.data(), rows, in);
        if (network_.is_input(node.inputs[i]) && feed.inputs[node.inputs[i]].is_bits()) {
          const ops::Bits& bits = feed.inputs[node.inputs[i]].bits;
          ops::bits_times_dense(context_, bits.matrix, w, i > 0, z);
          ops::bits_times_dense(context_, bits.transposed, z, true, g);
          continue;
        }
        gemm(context_, Transpose::no, Transpose::no, 1, x, w, i == 0 ? 0.0f : 1.0f, z);
        gemm(context_, Transpose::yes, Transpose::no, 1, x, z, 1, g);
        if (!network_.is_input(node.inputs[i]))
          gemm(context_, Transpose::no, Transpose::yes, 1, z, w, 0, d);
      }
    }
  }

 private:
  void convolve(ops::Kernel<float>& kernel, const graph::Node& node, int64_t rows) {
    const int64_t in = node.spec.input_widths[0], out = node.spec.output_width;
    const ops::Input<float> x{.dense = {x_.data(), rows, in}};
    std::vector<std::span<const float>> weights;
    std::vector<std::span<float>> gradients;
    for (const ops::ParameterSpec& p : node.spec.parameters) {
      weights.push_back(std::span(w_).first(p.rows * p.cols));
      gradients.push_back(std::span(g_).first(p.rows * p.cols));
    }
    ops::Frame<float> frame;
    frame.rows = rows;
    frame.inputs = {&x, 1};
    frame.output = {z_.data(), rows, out};
    frame.parameters = weights;
    kernel.forward(frame);
    const bool data = network_.is_input(node.inputs[0]);
    const MatrixView<float> dx = data ? MatrixView<float>() : MatrixView(d_.data(), rows, in);
    const uint8_t overwrite = 0;
    kernel.backward(frame, {frame.output, {&dx, 1}, {&overwrite, 1}, gradients});
  }

  const Context& context_;
  const graph::Graph& network_;
  std::vector<std::unique_ptr<ops::Kernel<float>>> convolutions_;  // null where a node is none
  std::vector<float> x_, z_, d_, w_, g_;
};

void write_exchange_file(const std::string& path, const GraphTask& task,
                         std::span<const float> parameters, BatchCursor& cursor, int64_t epochs) {
  data::Hdf5Writer file(path);
  file.group("parameters");
  for (const graph::Parameter& p : task.network().parameters)
    file.write("parameters/" + p.spec.name, parameters.subspan(p.offset, p.size()), p.spec.rows,
               p.spec.cols);
  std::vector<int32_t> part_of(task.original_nodes().size());  // by the data set's ids
  for (size_t i = 0; i < part_of.size(); ++i)
    part_of[task.original_nodes()[i]] = task.partition().part_of[i];
  file.write("part_of", std::span<const int32_t>(part_of));
  std::vector<int32_t> batch_of;
  for (int64_t e = 0; e < epochs; ++e) {
    std::vector<int32_t> row(task.batches().clusters());
    for (int64_t g = 0; g < cursor.groups(); ++g)
      for (const int32_t c : cursor.group({e, g}, 0, 0)) row[c] = static_cast<int32_t>(g);
    batch_of.insert(batch_of.end(), row.begin(), row.end());
  }
  file.write("batch_of_cluster", std::span<const int32_t>(batch_of));
  file.commit();
}

}  // namespace

nlohmann::json bench_epoch(const Config& config, int64_t epochs, const std::string& exchange_file) {
  const Options& options = config.options;
  const Context context = make_context(options, 1);
  comm::Exchange exchange(comm::make_self(), options.comm);
  const std::unique_ptr<Task> task = make_task(options, context, exchange, Task::Use::train);
  const data::Batches& batches = task->batches();
  BatchCursor cursor(batches, context.seed, 1, 1);
  graph::Executor<float> executor(task->network(), context, batches.max_rows());
  std::vector<float> parameters(task->network().parameter_count), gradients(parameters.size());
  graph::initialise(task->network(), context.seed, parameters);
  optim::Optimizer optimizer(context, options.optimizer, task->network());
  if (!exchange_file.empty()) {
    const auto* graph_task = dynamic_cast<const GraphTask*>(task.get());
    if (graph_task == nullptr) fail(ExitCode::usage, "--exchange-file: for graphs only");
    write_exchange_file(exchange_file, *graph_task, parameters, cursor, epochs);
  }

  const int64_t steps = cursor.steps_per_epoch();
  data::Prefetcher<std::unique_ptr<data::Batch>> prefetcher(
      batches.make_batch(), batches.make_batch(), 0, epochs * steps,
      [&, builder = cursor](int64_t i, std::unique_ptr<data::Batch>& batch) mutable {
        batch->build(builder.group({i / steps, i % steps}, 0, 0)).step = static_cast<uint64_t>(i);
      });
  nlohmann::json out = {{"isa", isa_name(context.isa)}, {"threads", context.threads}};
  comm::GradientSum sum(exchange, context, options.comm, {}, task->network().parameter_count);
  Products products(context, task->network(), batches.max_rows());
  for (int64_t e = 0; e < epochs; ++e) {
    PhaseTimer timer;
    GradientStep gradient(executor, context, sum, timer);
    const int64_t start = steady_ns();
    double loss = 0, product_s = 0, waited = prefetcher.waited_s();
    for (int64_t s = 0; s < steps; ++s) {
      const graph::Feed<float>* fed = nullptr;
      sum.begin(e * steps + s, options.optimizer.lr);
      const StepSums sums =
          gradient.run(parameters, gradients, 1, {.labels = cursor.labels({e, s})},
                       [&]() -> const graph::Feed<float>& {
                         const auto timing = timer.measure(Phase::data);
                         const graph::Feed<float>& feed = prefetcher.next()->feed();
                         fed = &feed;
                         return feed;
                       });
      const auto timing = timer.measure(Phase::update);
      optimizer.step(options.optimizer.lr, parameters, gradients);
      loss += sums.loss / std::max(1.0, sums.labels);
      const int64_t product_start = steady_ns();
      products.run(*fed);
      product_s += since(product_start);
    }
    nlohmann::json epoch = {{"loss", loss / static_cast<double>(steps)},
                            {"seconds", since(start) - product_s},
                            {"waited_for_batches", prefetcher.waited_s() - waited},
                            {"products_alone", product_s}};
    for (const Phase phase : {Phase::data, Phase::forward, Phase::backward, Phase::update})
      epoch[phase_names[static_cast<size_t>(phase)]] =
          timer.seconds(phase) - (phase == Phase::update ? product_s : 0);
    out["epochs"].push_back(epoch);
  }
  out["activation_bytes"] = executor.arena_bytes();
  return out;
}

}  // namespace laconic
