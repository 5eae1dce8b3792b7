// conv2d on oneDNN's direct convolutions, one image a call. So one primitive a direction serves any
// number of images, none is made after construction, an image's result does not depend on its
// batch, and threads share the images among them. For the layers of a small net this is faster than
// patches copied into a matrix and multiplied; more images a call would gain next to nothing.
//
// oneDNN keeps weights in a layout of its own choice; they are brought into it in every call, since
// the parameters have changed. Weight gradients are summed in a few blocks of images, cut by the
// number of images alone, and the blocks in order.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>

#include "framework/ops/conv2d/conv2d.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/dispatch.hpp"

namespace laconic::ops {

namespace {

using Description = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

Description floats(dnnl::memory::dims sizes, Tag tag) {
  return {std::move(sizes), dnnl::memory::data_type::f32, tag};
}

int64_t elements(const Description& d) {
  return static_cast<int64_t>(d.get_size() / sizeof(float));
}

// Memory, on a cache line's boundary, that nothing touches before it is used: a plan makes kernels
// that it never runs. (oneDNN's own memory is padded with zeros as soon as it is there.)
class Floats {
 public:
  explicit Floats(int64_t size)
      : size_(size), values_(static_cast<float*>(std::aligned_alloc(64, (size + 15) / 16 * 64))) {
    if (values_ == nullptr) throw std::bad_alloc();
  }
  float* data() { return values_.get(); }
  int64_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* values) const { std::free(values); }
  };
  int64_t size_;
  std::unique_ptr<float, Free> values_;
};

void point(dnnl::memory& memory, const float* data) {
  dnnl_memory_set_data_handle(memory.get(), const_cast<float*>(data));
}

// The three directions of one image, and the ways between the weights' layouts.
struct Primitives {
  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;

  Primitives(const Conv2dShape& s, const dnnl::engine& engine) {
    const Description x = floats({1, s.channels_in, s.height, s.width}, Tag::nhwc);
    const Description z = floats({1, s.channels_out, s.out_height(), s.out_width()}, Tag::nhwc);
    const dnnl::memory::dims filter = {s.channels_out, s.channels_in, s.kernel, s.kernel};
    const Description w = floats(filter, Tag::any), bias = floats({s.channels_out}, Tag::x);
    const dnnl::memory::dims strides = {s.stride, s.stride}, before = {s.padding, s.padding};
    // What the last window covers beyond the image; negative where it ends before the edge.
    const auto behind = [&](int64_t size, int64_t out) {
      return (out - 1) * s.stride + s.kernel - size - s.padding;
    };
    const dnnl::memory::dims after = {behind(s.height, s.out_height()),
                                      behind(s.width, s.out_width())};
    const auto direct = dnnl::algorithm::convolution_direct;
    dnnl::primitive_attr attributes;  // scratch memory is ours: threads use a primitive at once
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    forward_description = Forward::primitive_desc(
        {dnnl::prop_kind::forward_training, direct, x, w, bias, z, strides, before, after},
        attributes, engine);
    data_description = BackwardData::primitive_desc({direct, x, w, z, strides, before, after},
                                                    attributes, engine, forward_description);
    weights_description = BackwardWeights::primitive_desc(
        {direct, x, w, bias, z, strides, before, after}, attributes, engine, forward_description);
    forward = Forward(forward_description);
    backward_data = BackwardData(data_description);
    backward_weights = BackwardWeights(weights_description);

    own_weights = floats(filter, Tag::hwio);
    const auto reorder = [&](const Description& from, const Description& to) {
      return dnnl::reorder(dnnl::reorder::primitive_desc(engine, from, engine, to));
    };
    to_forward = reorder(own_weights, forward_description.weights_desc());
    to_backward = reorder(own_weights, data_description.weights_desc());
    from_gradient = reorder(weights_description.diff_weights_desc(), own_weights);
  }

  Forward::primitive_desc forward_description;
  BackwardData::primitive_desc data_description;
  BackwardWeights::primitive_desc weights_description;
  Description own_weights;  // ours
  dnnl::primitive forward, backward_data, backward_weights;
  dnnl::reorder to_forward, to_backward, from_gradient;
};

// What one thread needs for itself. Views are pointed at an image before each call.
struct Worker {
  Worker(const Primitives& p, const dnnl::engine& engine)
      : stream(engine),
        x(p.forward_description.src_desc(), engine, nullptr),
        z(p.forward_description.dst_desc(), engine, nullptr),
        dw(p.weights_description.diff_weights_desc(), engine, nullptr),
        dbias(p.weights_description.diff_bias_desc(), engine, nullptr),
        forward_scratch(p.forward_description.scratchpad_desc(), engine),
        data_scratch(p.data_description.scratchpad_desc(), engine),
        weights_scratch(p.weights_description.scratchpad_desc(), engine),
        image(elements(x.get_desc())),
        gradient(elements(dw.get_desc()) + elements(dbias.get_desc())) {}

  void execute(const dnnl::primitive& primitive, std::initializer_list<dnnl_exec_arg_t> arguments) {
    fine &=
        dnnl_primitive_execute(primitive.get(), stream.get(), static_cast<int>(arguments.size()),
                               arguments.begin()) == dnnl_success;
  }

  dnnl::stream stream;
  dnnl::memory x, z, dw, dbias;  // x and z also for their cotangents
  dnnl::memory forward_scratch, data_scratch, weights_scratch;
  Floats image;     // a cotangent of x, to be added
  Floats gradient;  // of one image: weights, then bias
  bool fine = true;
};

// In a layout of oneDNN's.
struct Weights {
  Weights(const Description& description, const dnnl::engine& engine)
      : memory(description, engine, nullptr), values(elements(description)) {}
  dnnl::memory memory;  // a view of the values
  Floats values;
};

class Conv2dCpu final : public Kernel<float> {
  static constexpr int64_t most_partial = 1 << 22;  // elements; large weights get fewer blocks

 public:
  Conv2dCpu(const NodeSpec& node, const Context& context)
      : context_(context),
        shape_(node),
        bias_(flag_attribute(node, "bias", false)),
        engine_(dnnl::engine::kind::cpu, 0),
        primitives_(shape_, engine_),
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

  void forward(const Frame<float>& frame) override {
    if (frame.rows == 0) return;
    load(primitives_.to_forward, frame.parameters[0].data(), forward_weights_);
    point(bias_view_, bias_ ? frame.parameters[1].data() : no_bias_.data());
    const MatrixView<const float> x = frame.inputs[0].dense;
    const MatrixView<float> z = frame.output;
    share(frame.rows, [&](Worker& w, int64_t i) {
      point(w.x, x.row(i));
      point(w.z, z.row(i));
      w.execute(primitives_.forward, {{DNNL_ARG_SRC, w.x.get()},
                                      {DNNL_ARG_WEIGHTS, forward_weights_.memory.get()},
                                      {DNNL_ARG_BIAS, bias_view_.get()},
                                      {DNNL_ARG_DST, w.z.get()},
                                      {DNNL_ARG_SCRATCHPAD, w.forward_scratch.get()}});
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    if (frame.rows == 0) return;
    const MatrixView<float> dx = cotangents.inputs[0];
    const bool sums = std::any_of(cotangents.parameters.begin(), cotangents.parameters.end(),
                                  [](std::span<float> p) { return !p.empty(); });
    if (dx) load(primitives_.to_backward, frame.parameters[0].data(), backward_weights_);
    const int64_t block = (frame.rows + most_blocks_ - 1) / most_blocks_;
    const int64_t blocks = (frame.rows + block - 1) / block;
    share(blocks, [&](Worker& w, int64_t b) {
      for (int64_t i = b * block; i < std::min(frame.rows, (b + 1) * block); ++i) {
        point(w.z, cotangents.output.row(i));
        if (dx) add_data(w, cotangents.accumulate[0], dx.row(i));
        if (sums) add_weights(w, frame.inputs[0].dense.row(i), i == b * block, partial(b));
      }
    });
    if (sums) add_blocks(blocks, cotangents.parameters);
  }

 private:
  // body(worker, i) for i in [0, count), each worker in one thread at a time.
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

  // Parameters into a layout of oneDNN's.
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

  // oneDNN overwrites: the first image of a block does so in the block's sum.
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
    kernels(context_.isa).add({x, count}, {y, count}, 1, count);
  }
  float* partial(int64_t block) { return partial_.data() + block * gradient_size_; }

  Context context_;
  Conv2dShape shape_;
  bool bias_;
  dnnl::engine engine_;
  Primitives primitives_;
  Weights forward_weights_, backward_weights_;
  dnnl::memory gradient_view_, own_view_, bias_view_;
  std::vector<float> no_bias_;
  Floats own_gradient_;
  int64_t gradient_size_;  // weights in oneDNN's layout, then bias
  int64_t most_blocks_;
  Floats partial_;               // most_blocks_ x gradient_size_
  std::vector<Worker> workers_;  // one a thread
};

}  // namespace

std::unique_ptr<Kernel<float>> make_conv2d_cpu(const NodeSpec& node, const Context& context) {
  const LibraryThreads one(1);  // primitives are cut for the threads they are made with
  try {
    return make_kernel<float, Conv2dCpu>(node, context);
  } catch (const dnnl::error& error) {
    fail_node(node, "oneDNN: {}", error.what());
  } catch (const std::bad_alloc&) {
    fail_node(node, "its weights, {} x {}, do not fit into memory", node.parameters[0].rows,
              node.parameters[0].cols);
  }
}

}  // namespace laconic::ops
