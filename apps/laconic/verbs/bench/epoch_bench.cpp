#include "apps/laconic/verbs/bench/epoch_bench.hpp"

#include <algorithm>

#include "apps/laconic/learn/batch_stream.hpp"
#include "apps/laconic/learn/graph_task.hpp"
#include "apps/laconic/learn/network_learner.hpp"
#include "apps/laconic/learn/network_oracle.hpp"
#include "apps/laconic/run/session.hpp"
#include "comm/gradient/sum.hpp"
#include "comm/transport/transports.hpp"
#include "data/graph/formats/hdf5_file.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/bits/bits.hpp"
#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/list.hpp"
#include "framework/optim/graph_parameters.hpp"
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
  Products(const Context& context, const graph::Graph& network, const ops::Extents& batch)
      : context_(context), network_(network) {
    const auto size = [&](const ops::ValueSpec& spec) {
      return spec.space.extent(batch).rows() * spec.width;
    };
    int64_t widest = 1, largest = 1;
    for (const graph::Node& node : network.nodes) {
      convolutions_.push_back(
          node.spec.kind == "conv2d"
              ? ops::choose<float>(node.spec, context).implementation->make(node.spec, context)
              : nullptr);
      for (const ops::ValueSpec& spec : node.spec.outputs) widest = std::max(widest, size(spec));
      for (const ops::ValueSpec& spec : node.spec.inputs) widest = std::max(widest, size(spec));
      for (const auto& p : node.spec.parameters) largest = std::max(largest, p.rows * p.cols);
    }
    for (auto* v : {&x_, &z_, &d_}) v->assign(widest, 0.5f);
    for (auto* v : {&w_, &g_}) v->assign(largest, 0.5f);
  }

  void run(const graph::Feed<float>& feed) {
    using ops::gemm, ops::Transpose;
    const int64_t rows = feed.rows;
    for (size_t n = 0; n < network_.nodes.size(); ++n) {
      const graph::Node& node = network_.nodes[n];
      if (convolutions_[n]) convolve(*convolutions_[n], node, feed.extents());
      if (node.spec.kind != "linear") continue;
      const int64_t out = node.spec.outputs[0].width;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const int64_t in = node.spec.inputs[i].width;
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
  void convolve(ops::Kernel<float>& kernel, const graph::Node& node, const ops::Extents& batch) {
    const ops::ValueSpec &in = node.spec.inputs[0], &out = node.spec.outputs[0];
    const ops::Extent from = in.space.extent(batch), to = out.space.extent(batch);
    const ops::Input<float> x{.dense = {x_.data(), from.rows(), in.width}};
    std::vector<std::span<const float>> weights;
    std::vector<std::span<float>> gradients;
    for (const ops::ParameterSpec& p : node.spec.parameters) {
      weights.push_back(std::span(w_).first(p.rows * p.cols));
      gradients.push_back(std::span(g_).first(p.rows * p.cols));
    }
    ops::Frame<float> frame;
    frame.rows = to.rows();
    frame.inputs = {&x, 1};
    frame.input_extents = {&from, 1};
    frame.output = {z_.data(), to.rows(), out.width};
    frame.output_extents = {&to, 1};
    frame.batch = batch;
    frame.parameters = weights;
    kernel.forward(frame);
    const bool data = network_.is_input(node.inputs[0]);
    const MatrixView<float> dx =
        data ? MatrixView<float>() : MatrixView(d_.data(), from.rows(), in.width);
    const uint8_t overwrite = 0;
    kernel.backward(frame, {frame.output, {&dx, 1}, {&overwrite, 1}, gradients});
  }

  const Context& context_;
  const graph::Graph& network_;
  std::vector<std::unique_ptr<ops::Kernel<float>>> convolutions_;  // null where a node is none
  std::vector<float> x_, z_, d_, w_, g_;
};

void write_exchange_file(const std::string& path, const GraphTask& task, const Context& context,
                         int64_t epochs) {
  std::vector<float> parameters(task.network().parameter_count);
  graph::initialise(task.network(), context.seed, parameters);
  EpochSampler sampler(task.batches(), context.seed, 1, 1);
  data::Hdf5Writer file(path);
  file.group("parameters");
  for (const graph::Parameter& p : task.network().parameters)
    file.write("parameters/" + p.spec.name,
               std::span<const float>(parameters).subspan(p.offset, p.size()), p.spec.rows,
               p.spec.cols);
  std::vector<int32_t> part_of(task.original_nodes().size());  // by the data set's ids
  for (size_t i = 0; i < part_of.size(); ++i)
    part_of[task.original_nodes()[i]] = task.partition().part_of[i];
  file.write("part_of", std::span<const int32_t>(part_of));
  std::vector<int32_t> batch_of;
  for (int64_t e = 0; e < epochs; ++e) {
    std::vector<int32_t> row(task.batches().clusters());
    for (int64_t g = 0; g < sampler.groups(); ++g)
      for (const int32_t c : sampler.group({e, g}, 0, 0)) row[c] = static_cast<int32_t>(g);
    batch_of.insert(batch_of.end(), row.begin(), row.end());
  }
  file.write("batch_of_cluster", std::span<const int32_t>(batch_of));
  file.commit();
}

// Writes the exchange file, if there is to be one.
std::unique_ptr<Task> load_task(const Config& config, const Context& context,
                                comm::Exchange& exchange, int64_t epochs,
                                const std::string& exchange_file) {
  if (exchange_file.empty()) return make_task(config, context, exchange, Task::Use::train);
  if (config.get<DataOptions>().source.kind() != data::Kind::graph)
    fail(ExitCode::usage, "--exchange-file: for graphs only");
  auto task = std::make_unique<GraphTask>(config, context, exchange, Task::Use::train);
  write_exchange_file(exchange_file, *task, context, epochs);
  return task;
}

}  // namespace

nlohmann::json bench_epoch(const Config& config, int64_t epochs, const std::string& exchange_file) {
  const Context context = make_context(config, 1);
  comm::Exchange exchange(comm::make_self(), config.comm());
  const std::unique_ptr<Task> task = load_task(config, context, exchange, epochs, exchange_file);
  const data::Batches& batches = task->batches();
  EpochSampler sampler(batches, context.seed, 1, 1);
  PhaseTimer timer;
  NetworkOracle oracle(*task, context, timer, implementation_of(config));
  const double lr = config.get<OptimizerOptions>().optimizer.lr;
  std::vector<float> parameters(task->network().parameter_count), gradients(parameters.size());
  graph::initialise(task->network(), context.seed, parameters);
  optim::Optimizer optimizer(context, config.get<OptimizerOptions>().optimizer,
                             optim::parameters_of(task->network()), std::ssize(parameters));
  optimizer.allocate();
  const int64_t steps = sampler.steps_per_epoch();
  BatchStream stream(batches, sampler, {}, epochs * steps, 1, 0, timer);
  const Phase update = timer.declare("update", PhaseKind::work);
  nlohmann::json out = {{"isa", isa_name(context.isa)}, {"threads", context.threads}};
  comm::GradientSum sum(exchange, context, config.get<comm::GradientOptions>(), {},
                        task->network().parameter_count);
  sum.allocate();
  Products products(context, task->network(), batches.largest());
  for (int64_t e = 0; e < epochs; ++e) {
    for (size_t i = 0; i < timer.specs().size(); ++i) timer.restore({i}, 0);
    const int64_t start = steady_ns();
    double loss = 0, product_s = 0, waited = stream.waited_s();
    for (int64_t s = 0; s < steps; ++s) {
      const auto labels = static_cast<double>(sampler.labels({e, s}));
      const auto weight = static_cast<float>(labels > 0 ? 1 / labels : 0);
      BatchSums total;
      std::ranges::fill(gradients, 0.0f);
      sum.begin(e * steps + s, lr);
      const graph::Feed<float>& feed = stream.next();
      const auto leave = [&](int64_t end) { sum.ready(gradients, end); };
      oracle.gradient({parameters, oracle.state(), oracle.state()}, feed, weight, gradients, total,
                      std::ref(leave));
      const std::span<double> beside[] = {total.values()};
      sum.finish(gradients, beside);
      {
        const auto timing = timer.measure(update);
        optimizer.step(lr, parameters, gradients);
      }
      loss += total.mean(0);
      const int64_t product_start = steady_ns();
      products.run(feed);
      product_s += since(product_start);
    }
    nlohmann::json epoch = {{"loss", loss / static_cast<double>(steps)},
                            {"seconds", since(start) - product_s},
                            {"waited_for_batches", stream.waited_s() - waited},
                            {"products_alone", product_s}};
    for (size_t i = 0; i < timer.specs().size(); ++i)
      epoch[timer.specs()[i].name] = timer.seconds({i});
    out["epochs"].push_back(epoch);
  }
  const graph::Layout& layout = oracle.executor().layout();
  out["activation_bytes"] = layout.activation_bytes;
  out["workspace_bytes"] = layout.bytes() - layout.activation_bytes;
  return out;
}

}  // namespace laconic
