#include <array>

#include "framework/base/error.hpp"
#include "models/cnn.hpp"
#include "models/gcn.hpp"
#include "models/model.hpp"

namespace laconic::models {

std::span<const ModelKind> list() {
  static constexpr std::array kinds{
      ModelKind{"gcn",
                "graph convolution, plain or with the node's own features beside (Cluster-GCN)",
                true, false, build_gcn},
      ModelKind{"sage", "GraphSAGE with the mean aggregator", true, false, build_gcn},
      ModelKind{"mlp", "the same layers without edges", false, false, build_gcn},
      ModelKind{"cnn", "convolutions and pooling, then linear layers", false, true, build_cnn},
  };
  return kinds;
}

const ModelKind& find(const std::string& kind) {
  for (const ModelKind& k : list())
    if (kind == k.name) return k;
  fail(ExitCode::config, "model.kind: no model named {}", kind);
}

void ModelOptions::describe(config::Fields& f) {
  const std::vector<std::string> graph_kinds{"gcn", "sage"}, layered{"gcn", "sage", "mlp"};
  std::vector<std::string> names;
  for (const ModelKind& k : list()) names.emplace_back(k.name);
  f.choice("kind", kind, names, "network family");
  f.integer("layers", layers,
            {.min = 1, .max = 64, .help = "layers, the output layer included", .unit = ""})
      .only_when("kind", layered);
  f.integer("hidden", hidden,
            {.min = 1, .max = 1 << 16, .help = "width of the hidden layers", .unit = ""})
      .only_when("kind", layered);
  f.flag("concat", concat,
         "a layer sees [aggregated | own] features instead of the aggregated alone")
      .only_when("kind", {"gcn"});
  f.choice("norm", norm, {"none", "layer"},
           "normalisation of hidden layers: layer = LayerNorm before ReLU")
      .only_when("kind", layered);
  f.flag("residual", residual, "add a layer's input to its output where the widths agree")
      .only_when("kind", layered);
  f.flag("bias", bias, "bias in the linear maps").only_when("kind", layered);
  f.real("dropout", dropout,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of hidden features dropped in training (cnn: before linear layers)",
          .unit = ""});
  f.real("input_dropout", input_dropout,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of raw features dropped in training (makes sparse features dense)",
          .unit = ""})
      .only_when("kind", layered);
  f.choice("dropout_site", dropout_site, {"aggregated", "input"},
           "drop after or before aggregation")
      .only_when("kind", graph_kinds);
  f.choice("normalisation", normalisation,
           {"row", "row_loop", "plus_identity", "diagonal", "symmetric", "none"},
           "aggregation operator on the batch's graph: D^-1 A, (D+I)^-1 (A+I), that + I, that + "
           "lambda diag, symmetric, A")
      .only_when("kind", {"gcn"});
  f.real("diagonal_lambda", diagonal_lambda,
         {.min = 0, .help = "weight of the diagonal enhancement", .unit = ""})
      .only_when("normalisation", {"diagonal"});
  f.choice("precompute", precompute, {"none", "sum", "mean"},
           "aggregate the raw features once, over the exact graph, instead of in the first layer "
           "of every batch")
      .only_when("kind", graph_kinds);
  f.choice("order", order, {"auto", "aggregate_first", "transform_first"},
           "A(H)W or A(HW); auto takes the cheaper one that dropout allows")
      .only_when("kind", graph_kinds);
  f.integers("channels", channels,
             {.min = 1, .max = 1 << 16, .help = "channels of each convolution", .unit = ""})
      .only_when("kind", {"cnn"});
  f.integer("kernel", kernel,
            {.min = 1, .max = 31, .help = "edge of the convolutions' kernels", .unit = "pixels"})
      .only_when("kind", {"cnn"});
  f.integer("pool", pool,
            {.min = 1,
             .max = 31,
             .help = "edge of the max pooling behind each convolution; 1 = none",
             .unit = "pixels"})
      .only_when("kind", {"cnn"});
  f.integers("dense", dense,
             {.min = 1,
              .max = 1 << 20,
              .help = "widths of the hidden linear layers behind the convolutions",
              .unit = ""})
      .only_when("kind", {"cnn"});
  f.path("init_from", init_from,
         "checkpoint whose parameters of the same name and size are the initial ones");
}

ModelOptions effective(const ModelOptions& options) {
  ModelOptions o = options;
  if (o.kind == "sage") {
    o.normalisation = "row";
    o.concat = true;
  }
  if (!find(o.kind).uses_edges) {
    o.concat = false;
    o.precompute = "none";
    o.dropout_site = "input";
  }
  return o;
}

bool uses_precompute(const ModelOptions& options) {
  return effective(options).precompute != "none";
}

bool takes_sparse(const ModelOptions& options) {
  const ModelOptions o = effective(options);
  const bool aggregates_first =
      find(o.kind).uses_edges && o.precompute == "none" && o.bias && !o.concat;
  return o.input_dropout == 0 && !aggregates_first;
}

graph::Graph build(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose) {
  return find(options.kind).build(effective(options), inputs, purpose);
}

}  // namespace laconic::models
