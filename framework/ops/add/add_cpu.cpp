// add on the kernels of the instruction set.

#include "framework/ops/add/add.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/elementwise/elementwise.hpp"

namespace laconic::ops {

namespace {

class AddCpu final : public Kernel<float> {
 public:
  AddCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    for (size_t n = 0; n < frame.inputs.size(); ++n)
      if (n > 0 || frame.inputs[n].dense.data != frame.output.data)
        copy_or_add(context_, by_item(frame.inputs[n].dense, frame.output_extents[0]), n > 0,
                    by_item(frame.output, frame.output_extents[0]));
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const Extent& extent = frame.output_extents[0];
    for (size_t n = 0; n < cotangents.inputs.size(); ++n)
      if (cotangents.inputs[n])
        copy_or_add(context_, by_item(cotangents.output, extent), cotangents.accumulate[n],
                    by_item(cotangents.inputs[n], extent));
  }

 private:
  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_add_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, AddCpu>(node, context);
}

}  // namespace laconic::ops
