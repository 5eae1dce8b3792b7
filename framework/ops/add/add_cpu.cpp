// add on the kernels of the instruction set.

#include "framework/ops/add/add.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/simd/elementwise.hpp"

namespace laconic::ops {

namespace {

class AddCpu final : public Kernel<float> {
 public:
  AddCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    for (size_t n = 0; n < frame.inputs.size(); ++n)
      if (n > 0 || frame.inputs[n].dense.data != frame.output.data)
        copy_or_add(context_, frame.inputs[n].dense, n > 0, frame.output);
  }

  void backward(const Frame<float>&, const Cotangents<float>& cotangents) override {
    for (size_t n = 0; n < cotangents.inputs.size(); ++n)
      if (cotangents.inputs[n])
        copy_or_add(context_, cotangents.output, cotangents.accumulate[n], cotangents.inputs[n]);
  }

 private:
  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_add_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, AddCpu>(node, context);
}

}  // namespace laconic::ops
