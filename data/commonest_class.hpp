// The simplest classifier, with which every other one must be compared.
#pragma once

#include <cstdint>
#include <span>

#include "data/split.hpp"

namespace laconic::data {

// Returns the test accuracy (a fraction) of the constant answer: the commonest class of the
// training rows. `labels` has one class in [0, classes) per row, or -1 for rows that are ignored.
// The result is NaN if no test row has a label.
double commonest_class_accuracy(std::span<const int32_t> labels, int32_t classes,
                                const Split& split);

}  // namespace laconic::data
