// The one list of operators. Adding one = a folder and a line in list.cpp.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

std::span<const OpKind* const> list();
// Throws Error(config) naming the nearest kind.
const OpKind& find(const std::string& kind);

// The first implementation that accepts, and why the ones before it refused ("cpu: needs avx2").
template <class T>
struct Choice {
  const Implementation<T>* implementation;
  std::vector<std::string> refusals;
};
// `only` names one implementation ("ref") or is empty.
template <class T>
Choice<T> choose(const NodeSpec& node, const Context& context, const std::string& only = "");

}  // namespace laconic::ops
