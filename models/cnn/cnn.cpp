// A small convolutional network in the manner of LeNet (LeCun, Bottou, Bengio, Haffner:
// "Gradient-based learning applied to document recognition", 1998) with today's parts:
//
//   convolution:  H' = relu(pool(conv(H)))    padded, so the convolution keeps the size;
//                 H' = pool(relu(norm(conv(H)))) with model.norm
//   head:         all pixels as one row, or their mean
//   linear:       H' = relu(drop(H) W + b)    the last layer: drop(H) W + b;
//                 H' = relu(norm(drop(H) W + b)) with model.norm
//
// relu after pooling gives the same result as before it, with a quarter of the work. In front of a
// batch norm there is no bias, which would have no effect.
#include "models/cnn/cnn.hpp"

#include "framework/base/error.hpp"
#include "framework/config/checks.hpp"

namespace laconic::models {
namespace {

using graph::GraphBuilder;
using graph::ValueId;

class CnnBuilder {
 public:
  CnnBuilder(const CnnOptions& options, const ModelInputs& inputs, Purpose purpose)
      : options_(options),
        inputs_(inputs),
        training_(purpose == Purpose::train),
        recompute_(training_ && options.recompute) {}

  graph::Graph build() {
    value_ = builder_.input("features", {inputs_.image.channels, ops::Space::pixels(1)});
    for (size_t i = 0; i < options_.channels.size(); ++i) {
      check_pooling(i);
      const std::string name = "conv" + std::to_string(i + 1);
      add_block(name, [&](GraphBuilder& b, ValueId v) { return convolution(b, v, name, i); });
    }
    add_head();
    for (size_t i = 0; i < options_.dense.size(); ++i) {
      const std::string number = std::to_string(i + 1), name = "dense" + number;
      add_block(name, [&](GraphBuilder& b, ValueId v) {
        v = linear(b, v, name, options_.dense[i], "dense." + number,
                   !options_.norm.replaces_bias());
        return options_.norm.add(b, v, name, units_);
      });
    }
    value_ = linear(builder_, value_, "output", inputs_.outputs, "classes", true);
    return builder_.finish();
  }

 private:
  // Adds the nodes of a block, or one node that has them as its body.
  template <class Nodes>
  void add_block(const std::string& name, Nodes nodes) {
    if (!recompute_) {
      value_ = nodes(builder_, value_);
      return;
    }
    GraphBuilder body;
    const ValueId input = body.input("input", builder_.spec(value_));
    nodes(body, input);
    value_ = builder_.add("recompute", name + ".block", {value_}, nlohmann::json::object(),
                          std::make_shared<const graph::Graph>(body.finish()));
  }

  // A pooling window is larger than the image it finds: a mistake in the configuration.
  void check_pooling(size_t i) const {
    const ops::Space space = builder_.spec(value_).space;
    const ops::Extent image = space.extent({1, inputs_.image.height, inputs_.image.width});
    if (std::min(image.height, image.width) < options_.pool)
      fail(ExitCode::config,
           "model.channels: layer {} of {} finds an image of {} x {} only, too small for "
           "model.pool: {}",
           i + 1, options_.channels.size(), image.height, image.width, options_.pool);
  }

  ValueId convolution(GraphBuilder& b, ValueId v, const std::string& name, size_t i) {
    const std::string units = "channels." + std::to_string(i + 1);
    b.layer(name);
    v = b.add("conv2d", name, {v},
              {{"channels_out", options_.channels[i]},
               {"kernel", options_.kernel},
               {"bias", !options_.norm.replaces_bias()},
               {"input_units", units_},
               {"output_units", units}});
    units_ = units;
    const bool is_plain = options_.norm.kind == NormOptions::Kind::none;
    if (!is_plain) v = options_.norm.add(b, v, name, units_);
    if (options_.pool > 1)
      v = b.add("max_pool2d", name + ".pool", {v}, {{"kernel", options_.pool}});
    return is_plain ? options_.norm.add(b, v, name, units_) : v;
  }

  void add_head() {
    if (options_.head == CnnOptions::Head::mean) {
      value_ = builder_.add("mean_pool", "mean", {value_});
      return;
    }
    const ops::Extent image =
        builder_.spec(value_).space.extent({1, inputs_.image.height, inputs_.image.width});
    value_ = builder_.add("flatten", "flatten", {value_},
                          {{"height", image.height}, {"width", image.width}});
  }

  ValueId linear(GraphBuilder& b, ValueId v, const std::string& name, int64_t out,
                 const std::string& units, bool bias) {
    b.layer(name);
    if (training_ && options_.dropout > 0)
      v = b.add("dropout", name + ".dropout", {v},
                {{"rate", options_.dropout}, {"site", ++dropout_sites_}});
    v = b.add("linear", name, {v},
              {{"out", out},
               {"bias", bias},
               {"input_units", std::vector<std::string>{units_}},
               {"output_units", units}});
    units_ = units;
    return v;
  }

  const CnnOptions& options_;
  const ModelInputs& inputs_;
  bool training_, recompute_;
  GraphBuilder builder_;
  ValueId value_ = -1;
  std::string units_ = "pixels";
  int dropout_sites_ = 0;
};

const char* why_even(int64_t kernel) {
  return kernel % 2 == 0
             ? "an even kernel has no middle pixel, so the image would change its size; "
               "allowed are odd numbers"
             : "";
}

}  // namespace

void CnnOptions::describe(config::Fields& f) {
  f.real("dropout", dropout,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of features dropped before linear layers in training",
          .unit = ""});
  f.integers("channels", channels,
             {.min = 1, .max = 1 << 16, .help = "channels of each convolution", .unit = ""});
  f.integer(
      "kernel", kernel,
      {.min = 1, .max = 31, .help = "edge of the convolutions' kernels; odd", .unit = "pixels"});
  f.integer("pool", pool,
            {.min = 1,
             .max = 31,
             .help = "edge of the max pooling behind each convolution; 1 = none",
             .unit = "pixels"});
  f.choice("head", head, {{"flatten", Head::flatten}, {"mean", Head::mean}},
           "what follows the convolutions: flatten = all pixels, for images of one size; mean = "
           "their mean by channel, for images of any size");
  f.integers("dense", dense,
             {.min = 1,
              .max = 1 << 20,
              .help = "widths of the hidden linear layers behind the convolutions",
              .unit = ""});
  norm.describe(f);
  f.flag("recompute", recompute,
         "keep only what goes from block to block until backward, and compute the rest of a block "
         "again there: less memory for activations, one more forward pass")
      .changes_no_numbers();
}

void CnnOptions::check(const config::Checks& checks) const {
  norm.check(checks, channels);
  norm.check(checks, dense);
  if (*why_even(kernel)) checks.refuse("kernel", fmt::format("{}: {}", kernel, why_even(kernel)));
}

graph::Graph CnnOptions::build(const ModelInputs& inputs, Purpose purpose) const {
  if (inputs.image.height == 0) fail(ExitCode::config, "model.kind: cnn needs images");
  if (*why_even(kernel)) fail(ExitCode::config, "model.kernel: {}: {}", kernel, why_even(kernel));
  return CnnBuilder(*this, inputs, purpose).build();
}

}  // namespace laconic::models
