#pragma once

#include "models/model.hpp"

namespace laconic::models {

graph::Graph build_cnn(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose);

}  // namespace laconic::models
