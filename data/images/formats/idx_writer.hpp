// Writes images as a folder of the four files of MNIST, which data.source.format: idx reads.
#pragma once

#include <string>

#include "data/images/images.hpp"

namespace laconic::data {

// Writes a new folder, whole or not at all. Training and validation images become the training
// files, validation last. Class names become class_names.txt. Returns the keys with which the split
// is the same: "data.source.idx.validation=0.1 ...". Error(data) if the format cannot hold the
// images; Error(cannot_create | io).
std::string write_idx_folder(const Images& images, const std::string& folder);

}  // namespace laconic::data
