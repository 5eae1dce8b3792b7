// conv2d with oneDNN's direct convolutions, one image per call. So one primitive per direction
// serves any number of images. The result of an image does not depend on its batch, and threads can
// share the images. For the layers of a small net this is faster than copying patches into a matrix
// (im2col); more images per call would gain almost nothing.
//
// Primitives and their memory belong to one size of images. They are made in reserve() for the
// largest size, and for any other size when it comes for the first time. The sizes used last are
// kept.
//
// oneDNN chooses the layout of weights. They are reordered in every call, since the parameters have
// changed. Weight gradients are summed in a few blocks of images, which depend on the number of
// images alone; then the blocks are added in order.

#include <algorithm>

#include "framework/ops/conv2d/conv2d_primitives.hpp"
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

namespace {

using namespace one_dnn;  // NOLINT: this file is its only user

// The convolution for one size of images.
class Convolution {
  static constexpr int64_t most_partial = 1 << 22;  // elements; large weights get fewer blocks

 public:
  Convolution(const Context& context, const Conv2dShape& shape, bool bias, const Extent& from,
              const Extent& to)
      : context_(context),
        shape_(shape),
        bias_(bias),
        from_(from),
        to_(to),
        engine_(dnnl::engine::kind::cpu, 0),
        primitives_(shape_, from, to, engine_),
        forward_weights_(primitives_.forward_description.weights_desc(), engine_),
        backward_weights_(primitives_.data_description.weights_desc(), engine_),
        gradient_view_(primitives_.weights_description.diff_weights_desc(), engine_, nullptr),
        own_view_(primitives_.own_weights, engine_, nullptr),
        bias_view_(primitives_.forward_description.bias_desc(), engine_, nullptr),
        no_bias_(shape_.channels_out, 0.0f),
        own_gradient_(shape_.patch() * shape_.channels_out),
        gradient_size_(elements(primitives_.weights_description.diff_weights_desc()) +
                       elements(primitives_.weights_description.diff_bias_desc())),
        most_blocks_(std::clamp<int64_t>(most_partial / gradient_size_, 4, 16)),
        partial_(most_blocks_ * gradient_size_) {
    for (int t = 0; t < context.threads; ++t) workers_.emplace_back(primitives_, engine_);
  }

  bool is_for(const Extent& from) const {
    return from.height == from_.height && from.width == from_.width;
  }

  void forward(const Frame<float>& frame) {
    load(primitives_.to_forward, frame.parameters[0].data(), forward_weights_);
    point(bias_view_, bias_ ? frame.parameters[1].data() : no_bias_.data());
    const MatrixView<const float> x = frame.inputs[0].dense;
    const MatrixView<float> z = frame.output;
    share(frame.output_extents[0].items, [&](Worker& w, int64_t i) {
      point(w.x, x.row(i * from_.pixels()));
      point(w.z, z.row(i * to_.pixels()));
      w.execute(primitives_.forward, {{DNNL_ARG_SRC, w.x.get()},
                                      {DNNL_ARG_WEIGHTS, forward_weights_.memory.get()},
                                      {DNNL_ARG_BIAS, bias_view_.get()},
                                      {DNNL_ARG_DST, w.z.get()},
                                      {DNNL_ARG_SCRATCHPAD, w.forward_scratch.get()}});
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) {
    const int64_t images = frame.output_extents[0].items;
    const MatrixView<float> dx = cotangents.inputs[0];
    const bool sums = std::any_of(cotangents.parameters.begin(), cotangents.parameters.end(),
                                  [](std::span<float> p) { return !p.empty(); });
    if (dx) load(primitives_.to_backward, frame.parameters[0].data(), backward_weights_);
    const int64_t block = (images + most_blocks_ - 1) / most_blocks_;
    const int64_t blocks = (images + block - 1) / block;
    share(blocks, [&](Worker& w, int64_t b) {
      for (int64_t i = b * block; i < std::min(images, (b + 1) * block); ++i) {
        const int64_t pixel = i * from_.pixels();
        point(w.z, cotangents.output.row(i * to_.pixels()));
        if (dx) add_data(w, cotangents.accumulate[0], dx.row(pixel));
        if (sums) add_weights(w, frame.inputs[0].dense.row(pixel), i == b * block, partial(b));
      }
    });
    if (sums) add_blocks(blocks, cotangents.parameters);
  }

  int64_t memory_bytes(bool with_backward) const {
    int64_t shared = forward_weights_.values.size();
    if (with_backward) shared += backward_weights_.values.size() + own_gradient_.size();
    if (with_backward) shared += partial_.size();
    return shared * int64_t{sizeof(float)} +
           std::ssize(workers_) * workers_[0].memory_bytes(with_backward);
  }

 private:
  // Calls body(worker, i) for i in [0, count), with one thread per worker at a time.
  template <class Body>
  void share(int64_t count, Body body) {
    const auto workers = std::min<int64_t>(count, std::ssize(workers_));
    parallel_for(context_.threads, workers, [&](int64_t t) {
      const LibraryThreads one(1);
      for (int64_t i = t * count / workers; i < (t + 1) * count / workers; ++i)
        body(workers_[t], i);
    });
    for (const Worker& w : workers_) LACONIC_CHECK(w.fine, "oneDNN refused a convolution");
  }

  // Reorders parameters into oneDNN's layout.
  void load(const dnnl::reorder& reorder, const float* parameters, Weights& weights) {
    const LibraryThreads one(1);
    point(own_view_, parameters);
    point(weights.memory, weights.values.data());
    workers_[0].execute(reorder,
                        {{DNNL_ARG_FROM, own_view_.get()}, {DNNL_ARG_TO, weights.memory.get()}});
  }

  void add_data(Worker& w, bool accumulate, float* dx) {
    point(w.x, accumulate ? w.image.data() : dx);
    w.execute(primitives_.backward_data, {{DNNL_ARG_DIFF_SRC, w.x.get()},
                                          {DNNL_ARG_WEIGHTS, backward_weights_.memory.get()},
                                          {DNNL_ARG_DIFF_DST, w.z.get()},
                                          {DNNL_ARG_SCRATCHPAD, w.data_scratch.get()}});
    if (accumulate) add(w.image.data(), dx, w.image.size());
  }

  // oneDNN overwrites its output, so the first image of a block is written to the block's sum.
  void add_weights(Worker& w, const float* x, bool first, float* sum) {
    float* gradient = first ? sum : w.gradient.data();
    point(w.x, x);
    point(w.dw, gradient);
    point(w.dbias, gradient + gradient_size_ - shape_.channels_out);
    w.execute(primitives_.backward_weights, {{DNNL_ARG_SRC, w.x.get()},
                                             {DNNL_ARG_DIFF_WEIGHTS, w.dw.get()},
                                             {DNNL_ARG_DIFF_BIAS, w.dbias.get()},
                                             {DNNL_ARG_DIFF_DST, w.z.get()},
                                             {DNNL_ARG_SCRATCHPAD, w.weights_scratch.get()}});
    if (!first) add(gradient, sum, gradient_size_);
  }

  void add_blocks(int64_t blocks, std::span<const std::span<float>> parameters) {
    constexpr int64_t strip = 4096;
    parallel_for(context_.threads, (gradient_size_ + strip - 1) / strip, [&](int64_t s) {
      const int64_t first = s * strip, count = std::min(strip, gradient_size_ - first);
      for (int64_t b = 1; b < blocks; ++b) add(partial(b) + first, partial(0) + first, count);
    });
    if (!parameters[0].empty()) {
      const LibraryThreads one(1);
      point(gradient_view_, partial(0));
      point(own_view_, own_gradient_.data());
      workers_[0].execute(primitives_.from_gradient,
                          {{DNNL_ARG_FROM, gradient_view_.get()}, {DNNL_ARG_TO, own_view_.get()}});
      LACONIC_CHECK(workers_[0].fine, "oneDNN refused a reorder");
      add(own_gradient_.data(), parameters[0].data(), own_gradient_.size());
    }
    if (bias_ && !parameters[1].empty())
      add(partial(0) + gradient_size_ - shape_.channels_out, parameters[1].data(),
          shape_.channels_out);
  }

  void add(const float* x, float* y, int64_t count) const {
    elementwise_kernels(context_.isa).add({x, count}, {y, count}, 1, count);
  }
  float* partial(int64_t block) { return partial_.data() + block * gradient_size_; }

  Context context_;
  Conv2dShape shape_;
  bool bias_;
  Extent from_, to_;
  dnnl::engine engine_;
  Primitives primitives_;
  Weights forward_weights_, backward_weights_;
  dnnl::memory gradient_view_, own_view_, bias_view_;
  std::vector<float> no_bias_;
  Floats own_gradient_;
  int64_t gradient_size_;  // weights in oneDNN's layout, then bias
  int64_t most_blocks_;
  Floats partial_;               // most_blocks_ x gradient_size_
  std::vector<Worker> workers_;  // one per thread
};

class Conv2dCpu final : public Kernel<float> {
 public:
  Conv2dCpu(const NodeSpec& node, const Context& context)
      : node_(node), context_(context), shape_(node), bias_(flag_attribute(node, "bias", false)) {}

  void reserve(const Extents& largest) override {
    const Extent from = node_.inputs[0].space.extent(largest);
    if (from.pixels() > 0) at(from, node_.outputs[0].space.extent(largest));
  }

  void forward(const Frame<float>& frame) override {
    if (frame.rows > 0) at(frame.input_extents[0], frame.output_extents[0]).forward(frame);
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    if (frame.rows > 0)
      at(frame.input_extents[0], frame.output_extents[0]).backward(frame, cotangents);
  }

  int64_t memory_bytes(bool with_backward) const override {
    int64_t bytes = 0;
    for (const auto& each : sizes_) bytes += each->memory_bytes(with_backward);
    return bytes;
  }

 private:
  static constexpr size_t most_sizes = 8;  // kept at once

  // Returns the convolution for this size of images. The one used last comes first in the list.
  Convolution& at(const Extent& from, const Extent& to) {
    const auto found =
        std::ranges::find_if(sizes_, [&](const auto& each) { return each->is_for(from); });
    if (found != sizes_.end()) {
      std::rotate(sizes_.begin(), found, found + 1);
    } else {
      if (sizes_.size() == most_sizes) sizes_.pop_back();
      sizes_.insert(sizes_.begin(), make(from, to));
    }
    return *sizes_.front();
  }

  std::unique_ptr<Convolution> make(const Extent& from, const Extent& to) const {
    const LibraryThreads one(1);  // primitives are divided among the threads they are made with
    try {
      return std::make_unique<Convolution>(context_, shape_, bias_, from, to);
    } catch (const dnnl::error& error) {
      fail_node(node_, "oneDNN: {}", error.what());
    } catch (const std::bad_alloc&) {
      fail_node(node_, "its weights, {} x {}, do not fit into memory", node_.parameters[0].rows,
                node_.parameters[0].cols);
    }
  }

  NodeSpec node_;
  Context context_;
  Conv2dShape shape_;
  bool bias_;
  std::vector<std::unique_ptr<Convolution>> sizes_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_conv2d_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, Conv2dCpu>(node, context);
}

}  // namespace laconic::ops
