// group_norm on the kernels of the instruction set, one item after the other. Items are divided
// into at most kBlocks blocks, which depend on the number of items alone. Each block has memory of
// its own to work in, and the gradients of gamma and beta are added in the order of the blocks.
#include <algorithm>
#include <cmath>

#include "framework/ops/channel_norm/channel_norm.hpp"
#include "framework/ops/group_norm/group_norm.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

// The memory of one block: numbers per channel. measure() has its sums per group in `g`.
struct Work {
  double *dgamma, *dbeta, *g, *gx;
  float *mean, *rstd, *sums, *more_sums, *mean_h, *mean_hx;

  static int64_t bytes(int64_t cols) {
    return cols * int64_t{4 * sizeof(double) + 6 * sizeof(float)};
  }
  Work(std::byte* memory, int64_t cols) {
    auto* doubles = reinterpret_cast<double*>(memory);
    for (double** each : {&dgamma, &dbeta, &g, &gx}) {
      *each = doubles;
      doubles += cols;
    }
    auto* floats = reinterpret_cast<float*>(doubles);
    for (float** each : {&mean, &rstd, &sums, &more_sums, &mean_h, &mean_hx}) {
      *each = floats;
      floats += cols;
    }
  }
};

class GroupNormCpu final : public Kernel<float> {
 public:
  GroupNormCpu(const NodeSpec& node, const Context& context)
      : context_(context), options_(node), affine_(options_.affine, options_.cols) {}

  void forward(const Frame<float>& frame) override {
    over_blocks(frame, [&](Work& work, int64_t item) {
      measure(frame, item, work);
      kernels().forward(arguments(frame, work), strided(frame.output), first_row(frame, item),
                        first_row(frame, item + 1));
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const int64_t blocks = blocks_of(items(frame)), cols = options_.cols;
    for (int64_t b = 0; b < blocks; ++b) {
      const Work work = work_of(frame, b);
      std::fill_n(work.dgamma, cols, 0.0);
      std::fill_n(work.dbeta, cols, 0.0);
    }
    over_blocks(frame, [&](Work& work, int64_t item) {
      for (int64_t j = 0; j < cols; ++j) {
        const float* const saved = saved_of(frame, item, j / options_.width());
        work.mean[j] = saved[0];
        work.rstd[j] = saved[1];
      }
      const ChannelNormArgs args = arguments(frame, work);
      sum_cotangents(frame, args, cotangents, item, work);
      if (cotangents.inputs[0])
        kernels().backward(args, strided(cotangents.output), strided(cotangents.inputs[0]),
                           cotangents.accumulate[0], work.mean_h, work.mean_hx,
                           first_row(frame, item), first_row(frame, item + 1));
    });
    for (int64_t j = 0; j < cols; ++j) {
      double dgamma = 0, dbeta = 0;
      for (int64_t b = 0; b < blocks; ++b) {
        const Work work = work_of(frame, b);
        dgamma += work.dgamma[j];
        dbeta += work.dbeta[j];
      }
      affine_.add_gradient(cotangents, j, dgamma, dbeta);
    }
  }

  Scratch scratch(const Extents& largest) const override {
    const int64_t bytes = blocks_of(largest.rows) * Work::bytes(options_.cols);
    return {.forward = bytes, .backward = bytes};
  }
  int64_t memory_bytes(bool) const override { return affine_.bytes(); }

 private:
  const ChannelNormKernels& kernels() const { return channel_norm_kernels(context_.isa); }
  static int64_t items(const Frame<float>& frame) { return frame.output_extents[0].items; }
  static int64_t first_row(const Frame<float>& frame, int64_t item) {
    return item * frame.output_extents[0].pixels();
  }
  static constexpr int64_t kBlocks = 32;
  static int64_t blocks_of(int64_t items) { return std::min(items, kBlocks); }
  Work work_of(const Frame<float>& frame, int64_t block) const {
    return {frame.scratch.data() + block * Work::bytes(options_.cols), options_.cols};
  }
  // Returns the mean and 1 / standard deviation.
  float* saved_of(const Frame<float>& frame, int64_t item, int64_t group) const {
    return frame.saved.data() + 2 * (item * options_.groups + group);
  }

  template <class Body>
  void over_blocks(const Frame<float>& frame, Body body) const {
    const int64_t count = items(frame), blocks = blocks_of(count);
    parallel_for(context_.threads, blocks, [&](int64_t b) {
      Work work = work_of(frame, b);
      for (int64_t item = count * b / blocks; item < count * (b + 1) / blocks; ++item)
        body(work, item);
    });
  }
  // Calls body(first, last) for strips of the rows of an item.
  template <class Body>
  static void over_strips(const Frame<float>& frame, int64_t item, Body body) {
    const int64_t end = first_row(frame, item + 1);
    for (int64_t first = first_row(frame, item); first < end; first += kStripRows)
      body(first, std::min(end, first + kStripRows));
  }
  void add_by_group(const Work& work) const {
    for (int64_t j = 0; j < options_.cols; ++j) work.g[j / options_.width()] += work.sums[j];
  }
  double values_per_group(const Frame<float>& frame) const {
    return static_cast<double>(frame.output_extents[0].pixels() * options_.width());
  }

  // Computes mean and deviation of each group of an item.
  void measure(const Frame<float>& frame, int64_t item, const Work& work) const {
    const Strided<const float> x = strided(frame.inputs[0].dense);
    const double count = values_per_group(frame);
    std::fill_n(work.g, options_.groups, 0.0);
    over_strips(frame, item, [&](int64_t first, int64_t last) {
      kernels().sum(x, options_.cols, work.sums, first, last);
      add_by_group(work);
    });
    for (int64_t j = 0; j < options_.cols; ++j)
      work.mean[j] = static_cast<float>(work.g[j / options_.width()] / count);
    std::fill_n(work.g, options_.groups, 0.0);
    over_strips(frame, item, [&](int64_t first, int64_t last) {
      kernels().squares(x, work.mean, options_.cols, work.sums, first, last);
      add_by_group(work);
    });
    for (int64_t j = 0; j < options_.cols; ++j) {
      const int64_t group = j / options_.width();
      work.rstd[j] = static_cast<float>(1 / std::sqrt(work.g[group] / count + options_.epsilon));
      saved_of(frame, item, group)[0] = work.mean[j];
      saved_of(frame, item, group)[1] = work.rstd[j];
    }
  }

  // Sums the cotangents of an item: per channel into dgamma and dbeta, and per group into the means
  // that its rows share.
  void sum_cotangents(const Frame<float>& frame, const ChannelNormArgs& args,
                      const Cotangents<float>& cotangents, int64_t item, const Work& work) const {
    std::fill_n(work.g, args.cols, 0.0);
    std::fill_n(work.gx, args.cols, 0.0);
    over_strips(frame, item, [&](int64_t first, int64_t last) {
      kernels().backward_sums(args, strided(cotangents.output), work.sums, work.more_sums, first,
                              last);
      for (int64_t j = 0; j < args.cols; ++j) {
        work.g[j] += work.sums[j];
        work.gx[j] += work.more_sums[j];
      }
    });
    const int64_t width = options_.width();
    for (int64_t begin = 0; begin < args.cols; begin += width) {
      double h = 0, hx = 0;
      for (int64_t j = begin; j < begin + width; ++j) {
        h += args.gamma[j] * work.g[j];
        hx += args.gamma[j] * work.gx[j];
        work.dbeta[j] += work.g[j];
        work.dgamma[j] += work.gx[j];
      }
      std::fill_n(work.mean_h + begin, width, static_cast<float>(h / values_per_group(frame)));
      std::fill_n(work.mean_hx + begin, width, static_cast<float>(hx / values_per_group(frame)));
    }
  }

  ChannelNormArgs arguments(const Frame<float>& frame, const Work& work) const {
    return {.x = strided(frame.inputs[0].dense),
            .mean = work.mean,
            .rstd = work.rstd,
            .gamma = affine_.gamma(frame),
            .beta = affine_.beta(frame),
            .relu = options_.relu,
            .cols = options_.cols};
  }

  Context context_;
  GroupNormOptions options_;
  Affine affine_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_group_norm_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, GroupNormCpu>(node, context);
}

}  // namespace laconic::ops
