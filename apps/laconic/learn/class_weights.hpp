// Weights of the classes in the loss (train.class_weights). They multiply the gradient of each row,
// and are scaled so that their mean over the training rows is 1: the learning rate need not change.
// Measurements (loss, accuracy) stay without weights, so that runs can be compared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/base/view.hpp"

namespace laconic {

// Returns the weight of each class; empty: all are 1. `wanted`: "none"; "balanced", which gives
// every class that occurs the same weight in all; or a number per class. `labels` has a class or -1
// per row, and is empty where rows have several labels. Error(config) if they do not fit.
std::vector<float> class_weights(const std::vector<std::string>& wanted,
                                 std::span<const int32_t> labels,
                                 const std::vector<int32_t>& training_rows, int32_t classes);

// Multiplies each row of the gradient by the weight of its class. Allocates nothing.
void weigh(std::span<const float> weights, std::span<const int32_t> classes,
           MatrixView<float> gradient);

// Returns what is wrong with the value of the key; "" if nothing is.
std::string wrong_class_weights(const std::vector<std::string>& wanted);

}  // namespace laconic
