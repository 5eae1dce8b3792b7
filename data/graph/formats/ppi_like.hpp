// Disjoint graphs with many labels per node, a stand-in for the protein graphs of GraphSAGE; see
// ppi_like.cpp.
#pragma once

#include "data/graph/source.hpp"

namespace laconic::data {

struct PpiLikeOptions {
  int64_t graphs = 24;
  int64_t nodes_per_graph = 2400;
  int64_t features = 50;
  int64_t labels = 121;
  double degree = 28;  // mean
  void describe(config::Fields& f);
};

struct PpiLikeSource final : GraphSource {
  PpiLikeOptions ppi_like;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;

 private:
  Graph make(int64_t seed) const override;
  std::string where(int64_t seed) const override;
};

}  // namespace laconic::data
