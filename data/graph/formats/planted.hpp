// The planted graph: a stochastic block model whose blocks are classes; see planted.cpp.
#pragma once

#include "data/graph/source.hpp"

namespace laconic::data {

struct PlantedOptions {
  int64_t nodes = 20000;
  int64_t blocks = 20;
  int64_t classes = 10;
  int64_t features = 32;
  double degree = 20;   // mean
  double within = 0.9;  // share of a node's links that stay in its block
  double signal = 0.5;  // class mean / noise
  void describe(config::Fields& f);
};

struct PlantedSource final : GraphSource {
  PlantedOptions planted;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;

 private:
  Graph make(int64_t seed) const override;
  std::string where(int64_t seed) const override;
};

}  // namespace laconic::data
