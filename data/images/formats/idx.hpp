// A data set in four files like MNIST's; see idx.cpp.
#pragma once

#include "data/images/source.hpp"

namespace laconic::data {

struct IdxOptions {
  // The choice of training images for validation: by a hash of their content, or the last ones.
  enum class ValidationBy { content, tail };

  std::string folder;       // the folder of the four files
  int64_t classes = 0;      // 0 = the largest training label + 1
  double validation = 0.1;  // share of the training images
  ValidationBy validation_by = ValidationBy::content;
  void describe(config::Fields& f);
};

struct IdxSource final : ImageSource {
  IdxOptions idx;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
  Images load(int64_t seed) const override;
};

}  // namespace laconic::data
