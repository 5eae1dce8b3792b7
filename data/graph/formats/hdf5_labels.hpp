// Reads labels and splits of a graph file in the usual shapes. Classes are [N] or [N, 1] with
// integers, flags or whole reals. Splits are node ids or masks. Any other shape is refused; the
// message contains the NumPy expression that makes the expected shape.
#pragma once

#include "data/graph/formats/hdf5_file.hpp"
#include "data/graph/graph.hpp"

namespace laconic::data {

// Reads labels/class, or labels/{indptr,indices} if there are several labels per node. Without the
// group `labels` no node has a label, and there are no classes.
Labels read_labels(const Hdf5Reader& file, int64_t nodes);

// Reads splits/<name>/{train,val,test} of `nodes` nodes. The ids are sorted, but not checked.
Split read_split(const Hdf5Reader& file, const std::string& name, int64_t nodes);

// Returns the value of an attribute of the file. Error(data) if it is missing or negative.
int64_t required_attribute(const Hdf5Reader& file, const std::string& name);

}  // namespace laconic::data
