#include "data/commonest_class.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace laconic::data {

double commonest_class_accuracy(std::span<const int32_t> labels, int32_t classes,
                                const Split& split) {
  std::vector<int64_t> counts(classes);
  for (const int32_t row : split.train)
    if (labels[row] >= 0) ++counts[labels[row]];
  const auto common = std::ranges::max_element(counts) - counts.begin();
  int64_t right = 0, labelled = 0;
  for (const int32_t row : split.test) {
    right += labels[row] == common;
    labelled += labels[row] >= 0;
  }
  return labelled == 0 ? std::numeric_limits<double>::quiet_NaN()
                       : static_cast<double>(right) / static_cast<double>(labelled);
}

}  // namespace laconic::data
