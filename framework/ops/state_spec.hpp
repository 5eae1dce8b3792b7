// Untrained state of an operator: running statistics, ranges. An operator declares it beside its
// parameters. Forward reads it, and in training it writes the state that follows. Every rank has
// state of its own, since it depends on the batches that the rank has seen.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace laconic::ops {

struct StateSpec {
  // Whose values count where all ranks need the same ones. An evaluation does, and so does a run
  // that another number of ranks continues.
  enum class Rule {
    average,   // the mean over the ranks
    rank0,     // those of rank 0
    per_rank,  // an evaluation uses those of rank 0; other ranks start with the initial values
  };
  static constexpr Rule rules[] = {Rule::average, Rule::rank0, Rule::per_rank};

  std::string name;  // "layer1.norm.running_mean"
  int64_t count = 0;
  double initial = 0;
  Rule rule = Rule::average;

  bool operator==(const StateSpec&) const = default;
};

// Returns "average", "rank0" or "per_rank".
const char* to_text(StateSpec::Rule rule);
// Returns the rule; Error(config) with the nearest one if the text names none.
StateSpec::Rule rule_from(const std::string& text);

// The state of a node or of a network in one call, by index.
//
// `next` starts as a copy of `now`, or is `now` itself, or what an earlier batch of the same step
// has made of it. An output may depend on `now` only where forward writes no `next`, so that
// forward may run again in backward.
template <class T>
struct StateViews {
  std::span<const std::span<const T>> now = {};
  std::span<const std::span<T>> next = {};  // empty: not wanted; only in training
  // How many batches `next` is the mean of; forward adds one more. -1: a running mean with the
  // weights of the operator.
  int64_t batches = -1;
};

}  // namespace laconic::ops
