// Reads rows with two classes in libsvm's text format, plain or gzip: "label column:value ...", one
// row per line; columns count from 1 and ascend. Labels are -1 and +1, 0 and 1, or 1 and 2; the
// larger one is the positive class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic::data {

// Row s has the entries starts[s] to starts[s + 1]. Columns count from 0.
struct Rows {
  std::vector<int64_t> starts = {0};
  std::vector<int32_t> columns;
  std::vector<float> values;
  std::vector<int32_t> labels;  // 1: the positive class; 0: the other one
  int64_t dimension = 0;        // the largest column + 1
};

// Error(data) names the line of a mistake.
Rows read_libsvm(const std::string& path);

}  // namespace laconic::data
