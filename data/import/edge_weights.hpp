// Finds the weights of edges among the arrays of a bag.
#pragma once

#include <vector>

#include "data/import/parts.hpp"

namespace laconic::data {

// Takes the weights of `edges` edges: the array edge_weight or edge_attr, or the third column of
// the table that the edges are from. Weights that are not all finite and at least 0 are left out
// with a note. Returns none if there are none, or if all are one. Error(data) if their number is
// wrong.
std::vector<float> take_edge_weights(Bag& bag, const Array& pairs, int64_t edges, Notes& notes);

// Returns `weights`, or none, as above.
std::vector<float> usable_weights(std::vector<float> weights, const std::string& where,
                                  Notes& notes);

}  // namespace laconic::data
