// Networks of blocks: the hidden layers stand in the graph, or in bodies of recompute nodes, or in
// bodies within bodies. All compute the same function of the same parameters.
#pragma once

#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {

enum class Nesting { plain, bodies, bodies_in_bodies };

struct Blocks {
  int64_t features = 6, hidden = 8, outputs = 4, layers = 3;
  double dropout = 0.3;
  bool shared_input = false;  // a block's input is read by the layer behind it, too
};

// relu(norm([A^ H | H] W)) (+ H)
inline ValueId block(GraphBuilder& b, ValueId h, const std::string& name, int64_t site,
                     const Blocks& net, bool residual) {
  ValueId mean = b.add("aggregate", name + ".aggregate", {h});
  if (net.dropout > 0)
    mean = b.add("dropout", name + ".dropout", {mean}, {{"rate", net.dropout}, {"site", site}});
  ValueId z = b.add("linear", name, {mean, h}, {{"out", net.hidden}, {"bias", true}});
  z = b.add("layer_norm", name + ".norm", {z});
  z = b.add("relu", name + ".relu", {z});
  return residual ? b.add("add", name + ".add", {z, h}) : z;
}

template <class Add>
std::shared_ptr<const Graph> body_of(const ops::ValueSpec& input, Add add) {
  GraphBuilder b;
  add(b, b.input("input", input));
  return std::make_shared<const Graph>(b.finish());
}

inline Graph build(const Blocks& net, Nesting nesting) {
  GraphBuilder b;
  ValueId h = b.input("features", net.features);
  for (int64_t layer = 1; layer <= net.layers; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    const ValueId from = h;
    const auto add = [&](GraphBuilder& into, ValueId v) {
      return block(into, v, name, layer, net, layer > 1);
    };
    if (nesting == Nesting::plain) {
      h = add(b, h);
    } else {
      auto body = body_of(b.spec(h), add);
      if (nesting == Nesting::bodies_in_bodies)
        body = body_of(b.spec(h), [&](GraphBuilder& into, ValueId v) {
          into.add("recompute", name + ".inner", {v}, nlohmann::json::object(), body);
        });
      h = b.add("recompute", name + ".block", {h}, nlohmann::json::object(), body);
    }
    if (net.shared_input && layer > 1) h = b.add("add", name + ".again", {h, from});
  }
  b.add("linear", "top", {h}, {{"out", net.outputs}, {"bias", true}});
  return b.finish();
}

}  // namespace laconic::graph::test
