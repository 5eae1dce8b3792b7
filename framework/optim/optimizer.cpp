#include "framework/optim/optimizer.hpp"

#include <algorithm>

#include "framework/ops/update/update.hpp"

namespace laconic::optim {

void OptimizerOptions::describe(config::Fields& f) {
  f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "learning rate", .unit = ""})
      .also_called({"learning_rate", "base_lr", "max_lr", "step_size", "eta"});
  f.variant("kind", kind, "update rule");
  f.real("weight_decay", weight_decay,
         {.min = 0, .help = "L2 penalty (adamw: decoupled)", .unit = ""})
      .also_called({"wd", "l2", "decay"});
  f.choice("decay_scope", decay_scope,
           {{"weights", DecayScope::weights},
            {"first_layer", DecayScope::first_layer},
            {"all", DecayScope::all}},
           "what weight_decay applies to: matrices, everything in the first layer, everything");
  f.real("clip_norm", clip_norm,
         {.min = 0, .help = "largest global gradient norm; 0 = off", .unit = ""})
      .also_called({"max_grad_norm", "grad_clip", "gradient_clip_val", "clip_grad_norm"});
}

double clip(const Context& context, std::span<float> gradients, double limit) {
  const double before = ops::norm(context, gradients);
  if (before > limit) {
    const auto ratio = static_cast<float>(limit / before);
    for (float& g : gradients) g *= ratio;
  }
  return before;
}

namespace {
bool decays(DecayScope scope, const Parameter& p, const Parameter& first) {
  if (scope == DecayScope::weights) return p.matrix;
  return scope == DecayScope::all || p.layer == first.layer;
}
}  // namespace

Optimizer::Optimizer(const Context& context, const OptimizerOptions& options,
                     std::span<const Parameter> parameters, int64_t count)
    : rule_(options.kind.entry().make(context, *options.kind.options(), count)) {
  for (const Parameter& p : parameters) {
    const double decay =
        decays(options.decay_scope, p, parameters.front()) ? options.weight_decay * p.decay : 0;
    ranges_.push_back({p.offset, p.size, static_cast<float>(decay)});
  }
}

void Optimizer::step(double lr, std::span<float> parameters, std::span<const float> gradients,
                     bool lr_inside) {
  ++steps_;
  for (const auto& [offset, size, decay] : ranges_)
    rule_->update({.step = steps_,
                   .lr = lr,
                   .lr_inside = lr_inside,
                   .decay = decay,
                   .offset = offset,
                   .gradient = gradients.subspan(offset, size),
                   .parameter = parameters.subspan(offset, size)});
}

void Optimizer::visit_state(StateList& state) {
  state.add_value("optimizer/steps", steps_);
  rule_->visit_state(state);
}

std::vector<std::span<float>> Optimizer::moments() {
  StateList state;
  rule_->visit_state(state);
  std::vector<std::span<float>> moments;
  for (const StateEntry& entry : state.entries()) {
    const std::span<std::byte> bytes = entry.memory();
    moments.emplace_back(reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float));
  }
  return moments;
}

void Optimizer::reset() {
  StateList state;
  visit_state(state);
  for (const StateEntry& entry : state.entries()) std::ranges::fill(entry.memory(), std::byte{0});
}

}  // namespace laconic::optim
