#include "framework/optim/optimizer.hpp"

#include <cmath>

#include "framework/ops/update/update.hpp"

namespace laconic::optim {

void OptimizerOptions::describe(config::Fields& f) {
  f.choice("kind", kind, {"sgd", "adam", "adamw"}, "update rule");
  f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "learning rate", .unit = ""});
  f.real("momentum", momentum,
         {.min = 0, .max = 1, .exclusive_max = true, .help = "heavy-ball momentum", .unit = ""})
      .only_when("kind", {"sgd"});
  f.flag("nesterov", nesterov, "look-ahead momentum").only_when("kind", {"sgd"});
  f.real(
       "beta1", beta1,
       {.min = 0, .max = 1, .exclusive_max = true, .help = "decay of the first moment", .unit = ""})
      .only_when("kind", {"adam", "adamw"});
  f.real("beta2", beta2,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "decay of the second moment",
          .unit = ""})
      .only_when("kind", {"adam", "adamw"});
  f.real("epsilon", epsilon,
         {.min = 0,
          .exclusive_min = true,
          .help = "added to the root of the second moment",
          .unit = ""})
      .only_when("kind", {"adam", "adamw"});
  f.real("weight_decay", weight_decay,
         {.min = 0, .help = "L2 penalty (adamw: decoupled)", .unit = ""});
  f.choice("decay_scope", decay_scope, {"weights", "first_layer", "all"},
           "what weight_decay applies to: matrices, everything in the first layer, everything");
  f.real("clip_norm", clip_norm,
         {.min = 0, .help = "largest global gradient norm; 0 = off", .unit = ""});
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
bool decays(const std::string& scope, const graph::Parameter& p, const graph::Graph& graph) {
  if (scope == "all") return true;
  if (scope == "weights") return p.spec.rows > 1;
  // The first layer is the part of the network up to and including the nodes named like its first
  // linear one.
  const std::string& first = graph.parameters.front().spec.name;
  return p.spec.name.substr(0, p.spec.name.find('.')) == first.substr(0, first.find('.'));
}
}  // namespace

Optimizer::Optimizer(const Context& context, const OptimizerOptions& options,
                     const graph::Graph& graph)
    : context_(context), options_(options) {
  for (const graph::Parameter& p : graph.parameters) {
    const double decay =
        decays(options.decay_scope, p, graph) ? options.weight_decay * p.spec.decay : 0;
    ranges_.push_back({p.offset, p.offset + p.size(), static_cast<float>(decay)});
  }
  if (options.kind != "sgd" || options.momentum > 0) moment1_.resize(graph.parameter_count);
  if (options.kind != "sgd") moment2_.resize(graph.parameter_count);
}

void Optimizer::step(double lr, std::span<float> parameters, std::span<const float> gradients,
                     bool lr_inside) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const bool decoupled = options_.kind == "adamw";
  for (const Range& range : ranges_) {
    const auto rate = static_cast<float>(lr);
    const auto part = [&](auto all) {
      return all.empty() ? all : all.subspan(range.begin, range.end - range.begin);
    };
    const auto g = part(gradients);
    const auto w = part(parameters), m = part(std::span(moment1_)), v = part(std::span(moment2_));
    if (options_.kind == "sgd") {
      ops::sgd(context_,
               {.lr = lr_inside ? 1.0f : rate,
                .momentum = static_cast<float>(options_.momentum),
                .decay = range.decay * (lr_inside ? rate : 1.0f),
                .nesterov = options_.nesterov},
               g, w, m);
      continue;
    }
    ops::adam(context_,
              {.lr = static_cast<float>(lr / (1 - std::pow(options_.beta1, t))),
               .beta1 = static_cast<float>(options_.beta1),
               .beta2 = static_cast<float>(options_.beta2),
               .correction2 = static_cast<float>(1 / (1 - std::pow(options_.beta2, t))),
               .epsilon = static_cast<float>(options_.epsilon),
               .l2 = decoupled ? 0 : range.decay,
               .shrink = decoupled ? rate * range.decay : 0},
              g, w, m, v);
  }
}

void Optimizer::visit_state(StateList& state) {
  state.add_value("optimizer/steps", steps_);
  if (!moment1_.empty()) state.add("optimizer/moment1", std::span(moment1_));
  if (!moment2_.empty()) state.add("optimizer/moment2", std::span(moment2_));
}

}  // namespace laconic::optim
