// The normalisation in front of the activations, as the families of networks share it: its keys,
// and its nodes.
#pragma once

#include <span>
#include <string>

#include "framework/config/field.hpp"
#include "framework/graph/graph.hpp"

namespace laconic::config {
class Checks;
}

namespace laconic::models {

struct NormOptions {
  enum class Kind { none, layer, batch, group };

  Kind kind = Kind::none;
  int64_t groups = 8;
  double epsilon = 1e-5;
  double momentum = 0.1;
  bool frozen = false;
  ops::StateSpec::Rule rule = ops::StateSpec::Rule::average;

  // Adds model.norm and the keys that belong to it.
  void describe(config::Fields& f);
  // Checks that the groups divide every width.
  void check(const config::Checks& checks, std::span<const int64_t> widths) const;

  // Returns whether a bias in front of it has no effect, since the mean is taken over the batch.
  bool replaces_bias() const { return kind == Kind::batch; }
  // Adds the normalisation `name`.norm with ReLU, or `name`.relu alone.
  graph::ValueId add(graph::GraphBuilder& builder, graph::ValueId value, const std::string& name,
                     const std::string& units) const;
};

}  // namespace laconic::models
