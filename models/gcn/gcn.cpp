#include "models/gcn/gcn.hpp"

#include "framework/config/checks.hpp"

namespace laconic::models {

GcnOptions::GcnOptions(GcnKind of_kind) : kind(of_kind) {
  if (kind == GcnKind::sage) normalisation.kind = ops::Normalisation::Kind::row;
  if (kind == GcnKind::mlp) {
    concat = false;
    precompute = Aggregated::none;
    dropout_site = DropoutSite::input;
  }
}

void GcnOptions::describe(config::Fields& f) {
  using Kind = ops::Normalisation::Kind;
  f.integer("layers", layers,
            {.min = 1, .max = 64, .help = "layers, the output layer included", .unit = ""})
      .also_called({"depth"});
  f.integer("hidden", hidden,
            {.min = 1, .max = 1 << 16, .help = "width of the hidden layers", .unit = ""})
      .also_called({"hidden_channels", "width", "nhid", "hid_dim"});
  if (kind == GcnKind::gcn)
    f.flag("concat", concat,
           "a layer sees [aggregated | own] features instead of the aggregated alone");
  norm.describe(f);
  f.flag("residual", residual, "add a layer's input to its output where the widths agree");
  f.flag("bias", bias, "bias in the linear maps");
  f.real("dropout", dropout,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of hidden features dropped in training",
          .unit = ""});
  f.real("input_dropout", input_dropout,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of raw features dropped in training (makes sparse features dense)",
          .unit = ""});
  if (!has_edges()) return;
  f.choice("dropout_site", dropout_site,
           {{"aggregated", DropoutSite::aggregated}, {"input", DropoutSite::input}},
           "drop after or before aggregation");
  if (kind == GcnKind::gcn) {
    f.choice("normalisation", normalisation.kind,
             {{"row", Kind::row},
              {"row_loop", Kind::row_loop},
              {"plus_identity", Kind::plus_identity},
              {"diagonal", Kind::diagonal},
              {"symmetric", Kind::symmetric},
              {"none", Kind::none}},
             "aggregation operator on the batch's graph: D^-1 A, (D+I)^-1 (A+I), that + I, that + "
             "lambda diag, symmetric, A");
    f.real("diagonal_lambda", normalisation.diagonal_lambda,
           {.min = 0, .help = "weight of the diagonal enhancement", .unit = ""})
        .only_when("normalisation", {"diagonal"});
  }
  f.choice("precompute", precompute,
           {{"none", Aggregated::none}, {"sum", Aggregated::sum}, {"mean", Aggregated::mean}},
           "aggregate the raw features once, over the exact graph, instead of in the first layer "
           "of every batch");
  f.choice("order", order,
           {{"auto", Order::automatic},
            {"aggregate_first", Order::aggregate_first},
            {"transform_first", Order::transform_first}},
           "A(H)W or A(HW); auto takes the cheaper one that dropout allows");
}

void GcnOptions::check(const config::Checks& checks) const {
  const std::string problem = order_problem();
  if (!problem.empty()) checks.refuse("order", problem);
  if (layers > 1) norm.check(checks, {&hidden, 1});
  const bool precomputes = has_edges() && precompute != Aggregated::none;
  if (precomputes && layers == 1)
    for (const char* key : {"normalisation", "diagonal_lambda", "order"})
      checks.unused(key, "the only layer sees features that model.precompute aggregated");
  else if (precomputes)
    checks.unused("normalisation",
                  "by the first layer, whose features model.precompute aggregated");
  if (layers == 1)
    for (const char* key : {"hidden", "norm", "dropout"})
      checks.unused(key, "a single layer has no hidden features");
  if (layers < 3) checks.unused("residual", "only from three layers on");
  if (has_edges() && dropout == 0 && input_dropout == 0)
    checks.unused("dropout_site", "nothing is dropped");
}

InputNeeds GcnOptions::needs() const {
  const bool aggregates_first = has_edges() && precompute == Aggregated::none && bias && !concat;
  return {.edges = has_edges(),
          .may_be_sparse = input_dropout == 0 && !aggregates_first,
          .aggregated = precompute,
          .normalisation = normalisation};
}

bool GcnOptions::fixes_order(int64_t layer) const {
  const double rate = layer == 1 ? input_dropout : dropout;
  return (rate > 0 && dropout_site == DropoutSite::aggregated) || (bias && !concat);
}

std::string GcnOptions::order_problem() const {
  if (order != Order::transform_first || !has_edges()) return "";
  for (int64_t layer = precompute == Aggregated::none ? 1 : 2; layer <= layers; ++layer)
    if (fixes_order(layer))
      return fmt::format(
          "transform_first: layer {} has a dropout behind the aggregation, or a bias without "
          "concat; allowed: auto, aggregate_first",
          layer);
  return "";
}

}  // namespace laconic::models
