// Counts the labelled rows and the classes in each part of a data set.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "data/split.hpp"

namespace laconic::data {

struct LabelCount {
  int64_t rows = 0;
  int64_t labelled = 0;  // rows with a label
  int64_t classes = 0;   // classes that occur in these rows; always 0 with several labels per row
};
using LabelCounts = std::array<LabelCount, 3>;  // train, val, test

// Counts the labels. `labels` has a class or -1 per row of the data set. It is empty if rows have
// several labels; then every row counts as labelled.
LabelCounts count_labels(std::span<const int32_t> labels, const Split& split);

// Returns "120 train, 40 validate, 40 test". If labels are missing, returns
// "3 of 120 train, 40 of 40 validate, 0 of 40 test have a label".
std::string text(const LabelCounts& counts);

// Returns a hint that the labels seem to count from 1, if there are several classes but no row has
// class 0; else "".
std::string doubt_about(std::span<const int32_t> labels, int32_t classes);

}  // namespace laconic::data
