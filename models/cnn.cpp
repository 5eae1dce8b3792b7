// A small convolutional network in the manner of LeNet (LeCun, Bottou, Bengio, Haffner: "Gradient-
// based learning applied to document recognition", 1998) with today's parts:
//
//   convolution:  H' = relu(pool(conv(H)))    padded so that odd kernels keep the size
//   linear:       H' = relu(drop(H) W + b)    the last layer: drop(H) W + b
//
// relu after pooling is the same as before it, on a quarter of the values.
#include "models/cnn.hpp"

#include "framework/base/error.hpp"

namespace laconic::models {
namespace {

using graph::ValueId;

class CnnBuilder {
 public:
  CnnBuilder(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose)
      : options_(options),
        inputs_(inputs),
        size_(inputs.image),
        training_(purpose == Purpose::train) {}

  graph::Graph build() {
    value_ = builder_.input("features", inputs_.features);
    for (size_t i = 0; i < options_.channels.size(); ++i) add_convolution(i);
    for (size_t i = 0; i < options_.dense.size(); ++i) {
      const std::string name = "dense" + std::to_string(i + 1);
      add_linear(name, options_.dense[i], "dense." + std::to_string(i + 1));
      value_ = builder_.add("relu", name + ".relu", {value_});
    }
    add_linear("output", inputs_.outputs, "classes");
    return builder_.finish();
  }

 private:
  void add_convolution(size_t i) {
    const std::string name = "conv" + std::to_string(i + 1);
    const std::string units = "channels." + std::to_string(i + 1);
    const int64_t channels = options_.channels[i];
    const int64_t padding = (options_.kernel - 1) / 2, pool = options_.pool;
    const auto out = [&](int64_t size) { return size + 2 * padding - options_.kernel + 1; };
    const ImageSize next{out(size_.height), out(size_.width), channels};
    if (std::min(next.height, next.width) < pool)
      fail(ExitCode::config,
           "model.channels: layer {} of {} finds an image of {} x {} only, too small for "
           "model.kernel: {} and model.pool: {}",
           i + 1, options_.channels.size(), size_.height, size_.width, options_.kernel, pool);
    value_ = builder_.add("conv2d", name, {value_},
                          {{"height", size_.height},
                           {"width", size_.width},
                           {"channels_in", size_.channels},
                           {"channels_out", channels},
                           {"kernel", options_.kernel},
                           {"padding", padding},
                           {"bias", true},
                           {"input_units", units_},
                           {"output_units", units}});
    size_ = next;
    units_ = units;
    if (pool > 1) {
      value_ = builder_.add("max_pool2d", name + ".pool", {value_},
                            {{"height", size_.height},
                             {"width", size_.width},
                             {"channels", channels},
                             {"kernel", pool}});
      size_.height = size_.height / pool;
      size_.width = size_.width / pool;
    }
    value_ = builder_.add("relu", name + ".relu", {value_});
  }

  void add_linear(const std::string& name, int64_t out, const std::string& units) {
    if (training_ && options_.dropout > 0)
      value_ = builder_.add("dropout", name + ".dropout", {value_},
                            {{"rate", options_.dropout}, {"site", ++dropout_sites_}});
    value_ = builder_.add("linear", name, {value_},
                          {{"out", out},
                           {"bias", true},
                           {"input_units", std::vector<std::string>{units_}},
                           {"output_units", units}});
    units_ = units;
  }

  const ModelOptions& options_;
  const ModelInputs& inputs_;
  ImageSize size_;  // of the value that is there
  bool training_;
  graph::GraphBuilder builder_;
  ValueId value_ = -1;
  std::string units_ = "pixels";
  int dropout_sites_ = 0;
};

}  // namespace

graph::Graph build_cnn(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose) {
  if (inputs.image.height == 0) fail(ExitCode::config, "model.kind: cnn looks at images");
  return CnnBuilder(options, inputs, purpose).build();
}

}  // namespace laconic::models
