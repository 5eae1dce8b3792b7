// Graph convolutional networks as Cluster-GCN trains them (Chiang et al., KDD'19), GraphSAGE with
// the mean aggregator, and the same network without edges. H: rows x width, A^: the batch's
// aggregation operator.
//
//   layer:   Z = drop([A^ H | H]) W      H' = relu(norm(Z)) (+ H)      the last layer: Z alone
//
// [A^ H | H] W is computed as two products that are added into Z, so nothing is concatenated.
// Without dropout between the two products A^ (H W) equals (A^ H) W. It is the cheaper order if the
// layer's output is narrower than its input.
#include "framework/base/error.hpp"
#include "models/gcn/gcn.hpp"

namespace laconic::models {
namespace {

using graph::ValueId;

class GcnBuilder {
 public:
  GcnBuilder(const GcnOptions& options, const ModelInputs& inputs, Purpose purpose)
      : options_(options),
        inputs_(inputs),
        training_(purpose == Purpose::train),
        edges_(options.has_edges()) {}

  graph::Graph build() {
    const bool precomputed = options_.precompute != Aggregated::none;
    if (precomputed)
      aggregated_ =
          builder_.input("aggregated_features", inputs_.features, inputs_.aggregated_sparse);
    if (!precomputed || options_.concat)
      own_ = builder_.input("features", inputs_.features, inputs_.sparse);
    for (int64_t layer = 1; layer <= options_.layers; ++layer) add_layer(layer);
    return builder_.finish();
  }

 private:
  void add_layer(int64_t layer) {
    const bool last = layer == options_.layers;
    const std::string name = "layer" + std::to_string(layer);
    builder_.layer(name);
    const int64_t in = layer == 1 ? inputs_.features : options_.hidden;
    const int64_t out = last ? inputs_.outputs : options_.hidden;
    const ValueId residual_from = own_;
    const ValueId z = linear_part(layer, name, in, out);
    if (last) return;
    ValueId h = options_.norm.add(builder_, z, name, units(layer));
    if (options_.residual && layer > 1 && in == out)
      h = builder_.add("add", name + ".residual", {h, residual_from});
    own_ = h;
    aggregated_ = -1;
  }

  ValueId linear_part(int64_t layer, const std::string& name, int64_t in, int64_t out) {
    rate_ = !training_ ? 0 : layer == 1 ? options_.input_dropout : options_.dropout;
    const bool drop_aggregated =
        rate_ > 0 && options_.dropout_site == GcnOptions::DropoutSite::aggregated;
    if (aggregated_ >= 0) {  // layer 1 on precomputed AX: no aggregation left
      std::vector<ValueId> from{dropout(name, aggregated_)};
      if (options_.concat) from.push_back(dropout(name, own_));
      return linear(layer, name, from, weight_names(), out);
    }
    const ValueId h = drop_aggregated ? own_ : dropout(name, own_);
    if (!edges_) return linear(layer, name, {h}, {"weight"}, out);
    if (transform_first(layer, in, out, drop_aggregated)) {
      const ValueId u = linear(layer, name, {h}, {"weight_neighbours"}, out, false);
      if (!options_.concat) return builder_.add("aggregate", name + ".aggregate", {u});
      const ValueId v = linear(layer, name, {h}, {"weight_self"}, out, options_.bias);
      return builder_.add("aggregate", name + ".aggregate", {u, v});
    }
    std::vector<ValueId> from{builder_.add("aggregate", name + ".aggregate", {h})};
    if (options_.concat) from.push_back(h);
    if (drop_aggregated)
      for (ValueId& v : from) v = dropout(name, v);
    return linear(layer, name, from, weight_names(), out);
  }

  // Flops saved by aggregating the narrower side; ties go to aggregate_first, which keeps one whole
  // value, not two.
  bool transform_first(int64_t layer, int64_t in, int64_t out, bool dropped_between) const {
    const bool blocked = dropped_between || (options_.bias && !options_.concat);
    if (layer == 1 && inputs_.sparse) {
      if (blocked)
        fail(ExitCode::config,
             "data.features: sparse features need model.precompute: sum or mean, or model.concat: "
             "true, or model.bias: false");
      return true;
    }
    if (blocked || options_.order == GcnOptions::Order::aggregate_first) return false;
    return options_.order == GcnOptions::Order::transform_first ||
           (training_ ? out < in : 2 * out <= in);
  }

  std::vector<std::string> weight_names() const {
    if (!options_.concat) return {"weight_neighbours"};
    return {"weight_neighbours", "weight_self"};
  }

  ValueId linear(int64_t layer, const std::string& name, std::vector<ValueId> from,
                 std::vector<std::string> weights, int64_t out) {
    return linear(layer, name, std::move(from), std::move(weights), out, options_.bias);
  }

  ValueId linear(int64_t layer, const std::string& name, std::vector<ValueId> from,
                 std::vector<std::string> weights, int64_t out, bool bias) {
    const int64_t in = layer == 1 ? inputs_.features : options_.hidden;
    std::vector<std::string> names;
    for (const std::string& w : weights) names.push_back(name + "." + w);
    return builder_.add("linear", name + (weights.size() == 1 ? "." + weights[0] : ""),
                        std::move(from),
                        {{"out", out},
                         {"bias", bias},
                         {"bias_name", name + ".bias"},
                         {"weight_names", names},
                         {"fan_in", edges_ && options_.concat ? 2 * in : in},
                         {"input_units", std::vector<std::string>(names.size(), units(layer - 1))},
                         {"output_units", units(layer)}});
  }

  ValueId dropout(const std::string& name, ValueId v) {
    if (rate_ == 0) return v;
    ++dropout_sites_;
    return builder_.add("dropout", name + ".dropout" + std::to_string(dropout_sites_), {v},
                        {{"rate", rate_}, {"site", dropout_sites_}});
  }

  std::string units(int64_t layer) const {
    if (layer == 0) return "features";
    return layer == options_.layers ? "classes" : "hidden." + std::to_string(layer);
  }

  const GcnOptions& options_;
  const ModelInputs& inputs_;
  bool training_, edges_;
  graph::GraphBuilder builder_;
  ValueId aggregated_ = -1, own_ = -1;
  double rate_ = 0;  // dropout of the layer being built
  int dropout_sites_ = 0;
};

}  // namespace

graph::Graph GcnOptions::build(const ModelInputs& inputs, Purpose purpose) const {
  const std::string problem = order_problem();
  if (!problem.empty()) fail(ExitCode::config, "model.order: {}", problem);
  return GcnBuilder(*this, inputs, purpose).build();
}

}  // namespace laconic::models
