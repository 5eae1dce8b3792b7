// What conv2d asks of oneDNN for one size of images: the primitives of the three directions, and the
// memory that one thread works in.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>

#include "framework/ops/conv2d/conv2d.hpp"

namespace laconic::ops::one_dnn {

using Description = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

inline Description floats(dnnl::memory::dims sizes, Tag tag) {
  return {std::move(sizes), dnnl::memory::data_type::f32, tag};
}

inline int64_t elements(const Description& d) {
  return static_cast<int64_t>(d.get_size() / sizeof(float));
}

// Memory aligned to a cache line, not touched before its first use: a plan constructs kernels that
// it never runs. (oneDNN would fill its own memory with zeros at once.)
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

inline void point(dnnl::memory& memory, const float* data) {
  dnnl_memory_set_data_handle(memory.get(), const_cast<float*>(data));
}

// The three directions for one image, and the reorders between the weights' layouts.
struct Primitives {
  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;

  Primitives(const Conv2dShape& s, const Extent& from, const Extent& to,
             const dnnl::engine& engine) {
    const Description x = floats({1, s.channels_in, from.height, from.width}, Tag::nhwc);
    const Description z = floats({1, s.channels_out, to.height, to.width}, Tag::nhwc);
    const dnnl::memory::dims filter = {s.channels_out, s.channels_in, s.kernel, s.kernel};
    const Description w = floats(filter, Tag::any), bias = floats({s.channels_out}, Tag::x);
    const dnnl::memory::dims strides = {s.stride, s.stride}, before = {s.padding(), s.padding()};
    // Pixels of the last window beyond the image; negative if it ends before the edge.
    const auto behind = [&](int64_t size, int64_t out) {
      return (out - 1) * s.stride + s.kernel - size - s.padding();
    };
    const dnnl::memory::dims after = {behind(from.height, to.height), behind(from.width, to.width)};
    const auto direct = dnnl::algorithm::convolution_direct;
    dnnl::primitive_attr attributes;  // our own scratch memory, since threads share a primitive
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
    const auto reorder = [&](const Description& a, const Description& b) {
      return dnnl::reorder(dnnl::reorder::primitive_desc(engine, a, engine, b));
    };
    to_forward = reorder(own_weights, forward_description.weights_desc());
    to_backward = reorder(own_weights, data_description.weights_desc());
    from_gradient = reorder(weights_description.diff_weights_desc(), own_weights);
  }

  Forward::primitive_desc forward_description;
  BackwardData::primitive_desc data_description;
  BackwardWeights::primitive_desc weights_description;
  Description own_weights;  // the layout of the parameters
  dnnl::primitive forward, backward_data, backward_weights;
  dnnl::reorder to_forward, to_backward, from_gradient;
};

// The memory of one thread. Views are set to an image before each call.
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

  int64_t memory_bytes(bool with_backward) const {
    const auto size = [](const dnnl::memory& m) {
      return static_cast<int64_t>(m.get_desc().get_size());
    };
    if (!with_backward) return size(forward_scratch);
    return size(forward_scratch) + size(data_scratch) + size(weights_scratch) +
           (image.size() + gradient.size()) * int64_t{sizeof(float)};
  }

  dnnl::stream stream;
  dnnl::memory x, z, dw, dbias;  // x and z also for their cotangents
  dnnl::memory forward_scratch, data_scratch, weights_scratch;
  Floats image;     // a cotangent of x that is to be added
  Floats gradient;  // of one image: weights, then bias
  bool fine = true;
};

// Weights in oneDNN's layout.
struct Weights {
  Weights(const Description& description, const dnnl::engine& engine)
      : memory(description, engine, nullptr), values(elements(description)) {}
  dnnl::memory memory;  // a view of the values
  Floats values;
};

}  // namespace laconic::ops::one_dnn
