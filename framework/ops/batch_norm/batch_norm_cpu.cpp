// batch_norm on the kernels of the instruction set. A sum over rows is the sum in double of the
// float sums of strips of rows. The strips depend on the number of rows alone.
#include <algorithm>
#include <cmath>

#include "framework/ops/batch_norm/batch_norm.hpp"
#include "framework/ops/channel_norm/channel_norm.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

class BatchNormCpu final : public Kernel<float> {
 public:
  BatchNormCpu(const NodeSpec& node, const Context& context)
      : context_(context),
        options_(node),
        space_(node.inputs[0].space),
        cols_(node.outputs[0].width),
        affine_(options_.affine, cols_) {}

  void forward(const Frame<float>& frame) override {
    if (options_.uses_batch(frame.training))
      measure(frame);
    else
      take_running(frame);
    const ChannelNormArgs args = arguments(frame);
    over_strips(frame.rows, [&](int64_t, int64_t first, int64_t last) {
      kernels().forward(args, strided(frame.output), first, last);
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const ChannelNormArgs args = arguments(frame);
    const Strided<const float> dy = strided(cotangents.output);
    float* const partial = reinterpret_cast<float*>(frame.scratch.data());
    over_strips(frame.rows, [&](int64_t strip, int64_t first, int64_t last) {
      float* const g = partial + 2 * strip * cols_;
      kernels().backward_sums(args, dy, g, g + cols_, first, last);
    });
    const int64_t strips = strips_of(frame.rows);
    float* const mean_h = partial + 2 * strips * cols_;
    float* const mean_hx = mean_h + cols_;
    // The mean and the variance of the batch depend on every row; running ones on none.
    const double share = options_.uses_batch(frame.training) && frame.rows > 0
                             ? 1 / static_cast<double>(frame.rows)
                             : 0;
    for (int64_t j = 0; j < cols_; ++j) {
      const double g = total(partial + j, strips, 2 * cols_);
      const double gx = total(partial + cols_ + j, strips, 2 * cols_);
      mean_h[j] = static_cast<float>(args.gamma[j] * g * share);
      mean_hx[j] = static_cast<float>(args.gamma[j] * gx * share);
      affine_.add_gradient(cotangents, j, gx, g);
    }
    if (!cotangents.inputs[0]) return;
    over_strips(frame.rows, [&](int64_t, int64_t first, int64_t last) {
      kernels().backward(args, dy, strided(cotangents.inputs[0]), cotangents.accumulate[0], mean_h,
                         mean_hx, first, last);
    });
  }

  Scratch scratch(const Extents& largest) const override {
    const int64_t row = cols_ * int64_t{sizeof(float)};
    const int64_t strips = strips_of(space_.extent(largest).rows());
    return {.forward = strips * row, .backward = (2 * strips + 2) * row};
  }
  int64_t memory_bytes(bool) const override { return affine_.bytes(); }

 private:
  const ChannelNormKernels& kernels() const { return channel_norm_kernels(context_.isa); }

  template <class Body>
  void over_strips(int64_t rows, Body body) const {
    parallel_for(context_.threads, strips_of(rows), [&](int64_t strip) {
      body(strip, strip * kStripRows, std::min(rows, (strip + 1) * kStripRows));
    });
  }

  // Returns the sum of `strips` values, `stride` elements apart.
  static double total(const float* values, int64_t strips, int64_t stride) {
    double sum = 0;
    for (int64_t s = 0; s < strips; ++s) sum += values[s * stride];
    return sum;
  }

  // Computes the statistics of the batch, and takes them into the running ones.
  void measure(const Frame<float>& frame) const {
    if (frame.rows == 0) return;
    const Strided<const float> x = strided(frame.inputs[0].dense);
    float *const mean = frame.saved.data(), *const rstd = mean + cols_;
    float* const partial = reinterpret_cast<float*>(frame.scratch.data());
    const int64_t strips = strips_of(frame.rows);
    const auto rows = static_cast<double>(frame.rows);
    over_strips(frame.rows, [&](int64_t strip, int64_t first, int64_t last) {
      kernels().sum(x, cols_, partial + strip * cols_, first, last);
    });
    for (int64_t j = 0; j < cols_; ++j)
      mean[j] = static_cast<float>(total(partial + j, strips, cols_) / rows);
    over_strips(frame.rows, [&](int64_t strip, int64_t first, int64_t last) {
      kernels().squares(x, mean, cols_, partial + strip * cols_, first, last);
    });
    const bool updates = !frame.state.next.empty() && frame.rows > 1;
    const double weight = options_.weight(frame.state.batches);
    const auto update = [&](float& running, double newest) {
      running = static_cast<float>((1 - weight) * running + weight * newest);
    };
    for (int64_t j = 0; j < cols_; ++j) {
      const double squares = total(partial + j, strips, cols_);
      rstd[j] = static_cast<float>(1 / std::sqrt(squares / rows + options_.epsilon));
      if (!updates) continue;
      update(frame.state.next[0][j], mean[j]);
      update(frame.state.next[1][j], squares / (rows - 1));
    }
  }

  void take_running(const Frame<float>& frame) const {
    float *const mean = frame.saved.data(), *const rstd = mean + cols_;
    for (int64_t j = 0; j < cols_; ++j) {
      mean[j] = frame.state.now[0][j];
      rstd[j] = static_cast<float>(1 / std::sqrt(frame.state.now[1][j] + options_.epsilon));
    }
  }

  ChannelNormArgs arguments(const Frame<float>& frame) const {
    return {.x = strided(frame.inputs[0].dense),
            .mean = frame.saved.data(),
            .rstd = frame.saved.data() + cols_,
            .gamma = affine_.gamma(frame),
            .beta = affine_.beta(frame),
            .relu = options_.relu,
            .cols = cols_};
  }

  Context context_;
  BatchNormOptions options_;
  Space space_;
  int64_t cols_;
  Affine affine_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_batch_norm_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, BatchNormCpu>(node, context);
}

}  // namespace laconic::ops
