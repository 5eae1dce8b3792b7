// layer_norm on the kernels of the instruction set. Sums over rows (dgamma, dbeta) are computed in
// at most kBlocks blocks of rows, which depend on the number of rows alone and are added in order.

#include <algorithm>

#include "framework/ops/kind.hpp"
#include "framework/ops/layer_norm/layer_norm.hpp"
#include "framework/ops/layer_norm/layer_norm_kernels.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

class LayerNormCpu final : public Kernel<float> {
 public:
  LayerNormCpu(const NodeSpec& node, const Context& context)
      : context_(context),
        relu_(text_attribute(node, "activation", "none") == "relu"),
        epsilon_(static_cast<float>(real_attribute(node, "epsilon", 1e-5))),
        partial_(2 * kBlocks * node.outputs[0].width) {}

  void forward(const Frame<float>& frame) override {
    const LayerNormArgs args = arguments(frame);
    parallel_rows(context_.threads, frame.rows, args.cols, [&](int64_t first, int64_t count) {
      layer_norm_kernels(context_.isa).forward(args, strided(frame.output), first, first + count);
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const LayerNormArgs args = arguments(frame);
    const std::span<float> dgamma = cotangents.parameters[0], dbeta = cotangents.parameters[1];
    const bool sums = !dgamma.empty() || !dbeta.empty();
    if (sums) std::fill(partial_.begin(), partial_.end(), 0.0f);
    const int64_t block = std::max<int64_t>(64, (frame.rows + kBlocks - 1) / kBlocks);
    const int64_t blocks = (frame.rows + block - 1) / block;
    parallel_for(context_.threads, blocks, [&](int64_t b) {
      float* partial = sums ? partial_.data() + 2 * b * args.cols : nullptr;
      layer_norm_kernels(context_.isa)
          .backward(args, strided(cotangents.output), strided(cotangents.inputs[0]),
                    cotangents.accumulate[0], partial, sums ? partial + args.cols : nullptr,
                    b * block, std::min(frame.rows, (b + 1) * block));
    });
    for (int64_t b = 0; sums && b < blocks; ++b) {
      const float* partial = partial_.data() + 2 * b * args.cols;
      for (size_t j = 0; j < dgamma.size(); ++j) dgamma[j] += partial[j];
      for (size_t j = 0; j < dbeta.size(); ++j) dbeta[j] += partial[args.cols + j];
    }
  }

  int64_t memory_bytes(bool with_backward) const override {
    return with_backward ? std::ssize(partial_) * int64_t{sizeof(float)} : 0;
  }

 private:
  static constexpr int64_t kBlocks = 32;

  LayerNormArgs arguments(const Frame<float>& frame) const {
    return {.x = strided(frame.inputs[0].dense),
            .gamma = frame.parameters[0].data(),
            .beta = frame.parameters[1].data(),
            .saved = frame.saved.data(),
            .epsilon = epsilon_,
            .relu = relu_,
            .cols = frame.inputs[0].dense.cols};
  }

  Context context_;
  bool relu_;
  float epsilon_;
  std::vector<float> partial_;  // kBlocks x (dgamma, dbeta)
};

}  // namespace

std::unique_ptr<Kernel<float>> make_layer_norm_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, LayerNormCpu>(node, context);
}

}  // namespace laconic::ops
