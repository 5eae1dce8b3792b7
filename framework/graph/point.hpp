// Where a network is evaluated: the parameters, and the untrained state that belongs to them.
//
// Ownership: these are views of flat buffers, as Graph lays them out.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

namespace laconic::graph {

template <class T>
struct Point {
  std::span<const T> parameters;
  std::span<const T> state = {};  // empty for a network without state
  // Where forward in training writes the state that follows. Empty: it is not wanted. See
  // ops::StateViews for what it contains before.
  std::span<T> next_state = {};
  int64_t batches = -1;  // see ops::StateViews

  template <std::convertible_to<std::span<const T>> Parameters>
  Point(const Parameters& of_parameters) : parameters(of_parameters) {}
  Point(std::span<const T> of_parameters, std::span<const T> of_state, std::span<T> next = {},
        int64_t mean_of = -1)
      : parameters(of_parameters), state(of_state), next_state(next), batches(mean_of) {}
};

}  // namespace laconic::graph
