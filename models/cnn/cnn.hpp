// A small convolutional network; see cnn.cpp.
#pragma once

#include "models/model.hpp"
#include "models/norm.hpp"

namespace laconic::models {

struct CnnOptions : Model {
  // What follows the convolutions.
  enum class Head {
    flatten,  // one row of all pixels; the images have one size
    mean      // the mean over all pixels; images of any size
  };

  std::vector<int64_t> channels = {32, 64};
  int64_t kernel = 5;
  int64_t pool = 2;
  Head head = Head::flatten;
  std::vector<int64_t> dense = {512};
  NormOptions norm;
  double dropout = 0.2;
  bool recompute = false;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
  InputNeeds needs() const override { return {.image = true}; }
  graph::Graph build(const ModelInputs& inputs, Purpose purpose) const override;
};

}  // namespace laconic::models
