#include <array>

#include "models/cnn/cnn.hpp"
#include "models/gcn/gcn.hpp"
#include "models/model.hpp"

namespace laconic::models {

std::span<const ModelEntry> list() {
  static constexpr std::array entries{
      ModelEntry{"gcn",
                 "graph convolution, plain or with the node's own features beside (Cluster-GCN)",
                 make_gcn<GcnKind::gcn>},
      ModelEntry{"sage", "GraphSAGE with the mean aggregator", make_gcn<GcnKind::sage>},
      ModelEntry{"mlp", "the same layers without edges", make_gcn<GcnKind::mlp>},
      ModelEntry{"cnn", "convolutions and pooling, then linear layers", config::make<CnnOptions>},
  };
  return entries;
}

void ModelOptions::describe(config::Fields& f) {
  f.variant("kind", kind, "network family").also_called({"arch", "architecture", "backbone"});
  f.path("init_from", init_from,
         "checkpoint whose parameters of the same name and size are the initial ones");
}

}  // namespace laconic::models
