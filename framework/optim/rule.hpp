// An update rule: how a step changes parameters, given their gradient. A rule is a file in this
// folder and a line in list.cpp. It brings its options with their checks, its state and its
// arithmetic.
//
// To the optimizer a network is a list of parameters in one flat buffer, and no graph.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/config/variant.hpp"
#include "framework/device/buffer.hpp"
#include "framework/device/state.hpp"

namespace laconic::optim {

// What an optimizer knows of a parameter.
struct Parameter {
  int64_t offset = 0;  // into the flat buffers
  int64_t size = 0;
  double decay = 1;     // multiplies optimizer.weight_decay
  bool matrix = false;  // it has several rows
  std::string layer;    // name of the layer that it belongs to
};

// One step of one parameter.
struct Update {
  int64_t step;    // from 1
  double lr;       // learning rate
  bool lr_inside;  // the gradient has been multiplied by lr; only for a linear rule
  float decay;     // of this parameter
  int64_t offset;  // of this parameter
  std::span<const float> gradient;
  std::span<float> parameter;

  // Returns the part of a state that belongs to this parameter; empty if there is no such state.
  std::span<float> part(std::span<float> state) const {
    return state.empty() ? state : state.subspan(offset, parameter.size());
  }
};

// A rule at work on `count` parameters. The state has no memory until allocate(), or until it is
// read from a checkpoint.
class Rule {
 public:
  virtual ~Rule() = default;
  // Allocates the state and fills it with zeros, if it has no memory. Call it before update().
  virtual void allocate() = 0;
  virtual void visit_state(StateList& state) = 0;
  virtual void update(const Update& update) = 0;
};

struct RuleEntry {
  const char* name;
  const char* help;
  config::MakeOptions make_options;
  // `options` are of this entry.
  std::unique_ptr<Rule> (*make)(const Context& context, const config::Options& options,
                                int64_t count);
  // The steps are sums of gradients times the learning rate, so the sum may come before or after
  // the multiplication.
  bool linear = false;
};
// Returns all rules.
std::span<const RuleEntry> list();

}  // namespace laconic::optim
