// Graph convolutional networks, GraphSAGE, and the same network without edges; see network.cpp.
// Each kind declares the keys that it reads. The other options have fixed values.
#pragma once

#include "models/model.hpp"
#include "models/norm.hpp"

namespace laconic::models {

enum class GcnKind { gcn, sage, mlp };

struct GcnOptions : Model {
  enum class DropoutSite { aggregated, input };
  enum class Order { automatic, aggregate_first, transform_first };

  explicit GcnOptions(GcnKind kind);

  GcnKind kind;
  int64_t layers = 3;
  int64_t hidden = 128;
  bool concat = true;
  NormOptions norm = {.kind = NormOptions::Kind::layer};
  bool residual = false;
  bool bias = false;
  double dropout = 0.2;
  double input_dropout = 0;
  DropoutSite dropout_site = DropoutSite::aggregated;
  ops::Normalisation normalisation = {.kind = ops::Normalisation::Kind::row_loop};
  Aggregated precompute = Aggregated::mean;
  Order order = Order::automatic;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
  InputNeeds needs() const override;
  graph::Graph build(const ModelInputs& inputs, Purpose purpose) const override;

  bool has_edges() const { return kind != GcnKind::mlp; }
  // Returns whether `layer` (from 1) must compute (A H) W, not A (H W). The reason is a dropout or
  // a bias between the two products.
  bool fixes_order(int64_t layer) const;
  // Returns why the layers cannot follow `order`; empty if they can.
  std::string order_problem() const;
};

template <GcnKind kind>
std::unique_ptr<config::Options> make_gcn() {
  return std::make_unique<GcnOptions>(kind);
}

}  // namespace laconic::models
