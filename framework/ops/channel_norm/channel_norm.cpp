#include "framework/ops/channel_norm/channel_norm.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

void infer_channel_norm(NodeSpec& node) {
  check_inputs(node, 1, 1);
  const std::string activation = text_attribute(node, "activation", "none");
  if (activation != "none" && activation != "relu")
    fail_node(node, "attribute activation is '{}', allowed are none, relu", activation);
  const double epsilon = real_attribute(node, "epsilon", 1e-5);
  if (!(epsilon > 0)) fail_node(node, "attribute epsilon is {}, must be above 0", epsilon);
  set_output(node, node.inputs[0].width);
  node.parameters.clear();
  if (!flag_attribute(node, "affine", true)) return;
  ParameterSpec gamma;
  gamma.name = node.name + ".gamma";
  gamma.rows = 1;
  gamma.cols = node.outputs[0].width;
  gamma.col_units = text_attribute(node, "units", "");
  gamma.init = ParameterSpec::Init::ones;
  gamma.decay = real_attribute(node, "decay", 1);
  ParameterSpec beta = gamma;
  beta.name = node.name + ".beta";
  beta.init = ParameterSpec::Init::zeros;
  node.parameters = {gamma, beta};
}

}  // namespace laconic::ops
