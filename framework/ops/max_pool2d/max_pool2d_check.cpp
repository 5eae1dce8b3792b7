#include "framework/ops/kernel_check.hpp"
#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"

namespace laconic::ops {

namespace {

constexpr MaxPoolArgs windows(int64_t channels, int64_t kernel, int64_t stride) {
  return {.height = 5,
          .width = 7,
          .channels = channels,
          .kernel = kernel,
          .stride = stride,
          .out_height = (5 + stride - 1) / stride,
          .out_width = (7 + stride - 1) / stride};
}

// Calls use(arguments, pixels of the input, pixels of the output).
template <class Use>
void for_shapes(const Trial& trial, Use use) {
  for (const int64_t kernel : {1, 2, 3})
    for (const int64_t stride : {1, 2}) {
      const MaxPoolArgs args = windows(trial.size(), kernel, stride);
      use(args, 5 * 7 * trial.size(), args.out_height * args.out_width * trial.size());
    }
}

void forward(const MaxPool2dKernels& table, Trial& trial) {
  for_shapes(trial, [&](const MaxPoolArgs& args, int64_t inputs, int64_t outputs) {
    const float* const x = trial.floats("x", inputs);
    float* const y = trial.floats("y", outputs);
    table.forward(args, x, y, trial.floats("places", outputs));
  });
}

void backward(const MaxPool2dKernels& table, Trial& trial) {
  for_shapes(trial, [&](const MaxPoolArgs& args, int64_t inputs, int64_t outputs) {
    const float* const places = trial.list<float>("places", outputs, [&](int64_t i) {
      return static_cast<float>(i * 7 % (args.kernel * args.kernel));
    });
    const float* const dy = trial.floats("dy", outputs);
    table.backward(args, places, dy, trial.floats("dx", inputs));
  });
}

constexpr KernelCheck<MaxPool2dKernels> max_pool2d_calls[] = {{"max_pool2d.forward", forward},
                                                              {"max_pool2d.backward", backward}};

}  // namespace

constinit const KernelChecks<MaxPool2dKernels> max_pool2d_checks = {
    {"max_pool2d", walk_isas<MaxPool2dKernels>},
    max_pool2d_calls,
    max_pool2d_kernels,
    &max_pool2d_kernels_ref};

}  // namespace laconic::ops
