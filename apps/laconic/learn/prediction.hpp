// Writes the predictions of a network for every row of the data to a file.
#pragma once

#include <span>
#include <string>

#include "apps/laconic/learn/classification.hpp"

namespace laconic {

// Writes `path` whole or not at all. The extension decides the format:
//   CSV   RFC 4180, lines end with LF. One line per row of the data: number, name, split (train, val,
//         test; empty: none), label (empty: none), prediction, probability of the prediction. Several
//         labels, and their probabilities, are separated by spaces within their fields.
//   HDF5  /logits, float32 [rows, classes]; /split, int32 [rows] (0 train, 1 val, 2 test, -1 none);
//         /label and /prediction, int32 [rows] (-1 none), where rows have one class
void write_predictions(Classification& task, const graph::Point<float>& point,
                       const std::string& path);

}  // namespace laconic
