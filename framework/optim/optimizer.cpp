#include "framework/optim/optimizer.hpp"

#include <cmath>

#include "framework/base/error.hpp"

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

double norm(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v) * v;
  return std::sqrt(sum);
}

double clip(std::span<float> gradients, double limit) {
  const double before = norm(gradients);
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

Optimizer::Optimizer(const OptimizerOptions& options, const graph::Graph& graph)
    : options_(options) {
  for (const graph::Parameter& p : graph.parameters) {
    const double decay =
        decays(options.decay_scope, p, graph) ? options.weight_decay * p.spec.decay : 0;
    ranges_.push_back({p.offset, p.offset + p.size(), static_cast<float>(decay)});
  }
  if (options.kind != "sgd" || options.momentum > 0) moment1_.resize(graph.parameter_count);
  if (options.kind != "sgd") moment2_.resize(graph.parameter_count);
}

void Optimizer::sgd(const Range& range, float lr, float* w, const float* g) {
  const auto mu = static_cast<float>(options_.momentum);
  if (moment1_.empty()) {
    for (int64_t i = range.begin; i < range.end; ++i) w[i] -= lr * (g[i] + range.decay * w[i]);
    return;
  }
  float* v = moment1_.data();
  const float ahead = options_.nesterov ? 1.0f : 0.0f;
  for (int64_t i = range.begin; i < range.end; ++i) {
    const float d = g[i] + range.decay * w[i];
    v[i] = mu * v[i] + d;
    w[i] -= lr * (ahead * d + (ahead != 0 ? mu * v[i] : v[i]));
  }
}

void Optimizer::adam(const Range& range, float lr, float* w, const float* g) {
  const auto b1 = static_cast<float>(options_.beta1), b2 = static_cast<float>(options_.beta2);
  const auto t = static_cast<double>(steps_);
  const auto rate = static_cast<float>(lr / (1 - std::pow(options_.beta1, t)));
  const auto correction2 = static_cast<float>(1 / (1 - std::pow(options_.beta2, t)));
  const auto epsilon = static_cast<float>(options_.epsilon);
  const bool decoupled = options_.kind == "adamw";
  const float l2 = decoupled ? 0 : range.decay;
  const float shrink = decoupled ? lr * range.decay : 0;
  float* m = moment1_.data();
  float* v = moment2_.data();
  for (int64_t i = range.begin; i < range.end; ++i) {
    const float d = g[i] + l2 * w[i];
    m[i] = b1 * m[i] + (1 - b1) * d;
    v[i] = b2 * v[i] + (1 - b2) * d * d;
    w[i] -= shrink * w[i] + rate * m[i] / (std::sqrt(v[i] * correction2) + epsilon);
  }
}

void Optimizer::step(double lr, std::span<float> parameters, std::span<const float> gradients,
                     bool lr_inside) {
  ++steps_;
  for (Range range : ranges_) {
    if (options_.kind == "sgd") {
      if (lr_inside) range.decay *= static_cast<float>(lr);
      sgd(range, lr_inside ? 1.0f : static_cast<float>(lr), parameters.data(), gradients.data());
    } else {
      adam(range, static_cast<float>(lr), parameters.data(), gradients.data());
    }
  }
}

void Optimizer::visit_state(StateList& state) {
  state.add_value("optimizer/steps", steps_);
  if (!moment1_.empty()) state.add("optimizer/moment1", std::span(moment1_));
  if (!moment2_.empty()) state.add("optimizer/moment2", std::span(moment2_));
}

}  // namespace laconic::optim
