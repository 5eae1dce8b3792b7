// Applies an update rule to the flat parameter buffer. g is the sum of the gradients, already
// weighted. Weight decay is multiplied per parameter by Parameter::decay.
#pragma once

#include <span>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/optim/rule.hpp"

namespace laconic::optim {

// The parameters that weight decay applies to: matrices, all of the first layer, or all.
enum class DecayScope { weights, first_layer, all };

struct OptimizerOptions {
  config::Variant<RuleEntry> kind{"adam", list()};
  double lr = 0.01;
  double weight_decay = 0;
  DecayScope decay_scope = DecayScope::weights;
  double clip_norm = 0;
  void describe(config::Fields& f);
};

// Scales the gradients so that their norm is at most `limit`. Returns the norm before scaling.
double clip(const Context& context, std::span<float> gradients, double limit);

// The state has no memory until allocate(), or until it is read from a checkpoint.
class Optimizer {
 public:
  // The parameters lie in one buffer of `count` elements.
  Optimizer(const Context& context, const OptimizerOptions& options,
            std::span<const Parameter> parameters, int64_t count);
  // Allocates the state and fills it with zeros, if it has no memory. Call it before the first
  // step.
  void allocate() { rule_->allocate(); }
  // Applies one step at learning rate `lr`. lr_inside: the gradient has been multiplied by lr. This
  // is for linear rules only.
  void step(double lr, std::span<float> parameters, std::span<const float> gradients,
            bool lr_inside = false);
  void visit_state(StateList& state);
  // Returns the arrays of the state that have one element per parameter, in a fixed order. Without
  // memory they are empty.
  std::vector<std::span<float>> moments();
  // Makes the state what it was before the first step. The state must have memory.
  void reset();

 private:
  struct Range {
    int64_t offset, size;
    float decay;
  };

  std::unique_ptr<Rule> rule_;
  std::vector<Range> ranges_;  // every parameter, with its own decay
  int64_t steps_ = 0;
};

}  // namespace laconic::optim
