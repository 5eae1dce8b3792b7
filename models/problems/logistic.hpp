// Logistic regression with l2 regularisation, without bias; each row z_s with its label y_s, +1 or
// -1, is a sample:  f_s(w) = log(1 + exp(-y_s z_s·w)) + l2/2 |w|^2.
#pragma once

#include <memory>
#include <vector>

#include "models/oracle.hpp"

namespace laconic::models {

// Rows as the arrays of a sparse matrix: row s has the entries starts[s] to starts[s+1].
struct LabelledRows {
  std::vector<int64_t> starts = {0};
  std::vector<int32_t> columns;  // ascending within a row
  std::vector<float> values;
  std::vector<int8_t> labels;  // +1 or -1
  int64_t dimension = 0;       // columns

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
};

std::unique_ptr<Oracle<double>> logistic(LabelledRows rows, double l2);

}  // namespace laconic::models
