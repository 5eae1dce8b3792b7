// The list of all operators and of all kernels. A new operator, with or without kernels of its own,
// needs a folder and a line in list.cpp.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

struct KernelSet;  // kernel_check.hpp

std::span<const OpKind* const> list();
// Returns the kernels of all folders, for the conformance of kernels.
std::vector<const KernelSet*> kernel_sets();
// Returns the kind; Error(config) with the nearest one if there is none.
const OpKind& find(const std::string& kind);

// The first implementation that accepts a node, and the reasons of earlier refusals ("cpu: needs
// avx2").
template <class T>
struct Choice {
  const Implementation<T>* implementation;
  std::vector<std::string> refusals;
};
// Chooses an implementation. `only` names one implementation ("ref") or is empty.
template <class T>
Choice<T> choose(const NodeSpec& node, const Context& context, const std::string& only = "");

}  // namespace laconic::ops
