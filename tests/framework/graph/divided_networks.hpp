// Networks of linear layers, to be divided among sites.
#pragma once

#include <string>
#include <vector>

#include "framework/graph/graph.hpp"

namespace laconic::graph::test {

// An MLP with these widths, from the features to the outputs.
inline Graph mlp(const std::vector<int64_t>& widths, bool bias, bool norm) {
  GraphBuilder b;
  ValueId h = b.input("features", widths[0]);
  const auto units = [&](size_t l) {
    return l == 0 ? "features" : l + 1 == widths.size() ? "classes" : "hidden." + std::to_string(l);
  };
  for (size_t l = 1; l < widths.size(); ++l) {
    const std::string name = "layer" + std::to_string(l);
    b.layer(name);
    h = b.add("linear", name, {h},
              {{"out", widths[l]},
               {"bias", bias},
               {"input_units", std::vector<std::string>{units(l - 1)}},
               {"output_units", units(l)}});
    if (l + 1 == widths.size()) break;
    h = norm ? b.add("batch_norm", name + ".norm", {h},
                     {{"activation", "relu"}, {"units", units(l)}})
             : b.add("relu", name + ".relu", {h});
  }
  return b.finish();
}

}  // namespace laconic::graph::test
