// Update rules on the flat parameter buffer. g is the summed, already weighted gradient.
//   sgd    v = momentum v + g + wd w;  w -= lr (nesterov ? g + wd w + momentum v : v)
//   adam   L2: g += wd w;  adamw: w -= lr wd w.  Moments bias-corrected (Kingma & Ba; Loshchilov &
//   Hutter).
// Weight decay is multiplied per parameter by ParameterSpec::decay.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/base/state.hpp"
#include "framework/config/field.hpp"
#include "framework/graph/graph.hpp"

namespace laconic::optim {

struct OptimizerOptions {
  std::string kind = "adam";
  double lr = 0.01;
  double momentum = 0.9;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  std::string decay_scope = "weights";
  double clip_norm = 0;
  void describe(config::Fields& f);
};

struct ScheduleOptions {
  std::string kind = "constant";
  int64_t warmup_steps = 0;
  int64_t step_every = 30;  // epochs
  double factor = 0.1;
  double final_ratio = 0;
  void describe(config::Fields& f);
};

// Multiplier of optimizer.lr at a step (0-based) of a run of total_steps.
double schedule(const ScheduleOptions& options, int64_t step, int64_t steps_per_epoch,
                int64_t total_steps);

// Scales so that the norm is at most `limit`; returns the norm before.
double clip(const Context& context, std::span<float> gradients, double limit);

class Optimizer {
 public:
  Optimizer(const Context& context, const OptimizerOptions& options, const graph::Graph& graph);
  // Applies one step at learning rate `lr`. parameters and gradients: graph.parameter_count
  // elements. lr_inside: the gradient has been multiplied by lr (sgd alone; momentum then sums
  // steps rather than gradients).
  void step(double lr, std::span<float> parameters, std::span<const float> gradients,
            bool lr_inside = false);
  void visit_state(StateList& state);
  int64_t state_bytes() const {
    return static_cast<int64_t>((moment1_.size() + moment2_.size()) * sizeof(float));
  }

 private:
  struct Range {
    int64_t begin, end;
    float decay;
  };

  Context context_;
  OptimizerOptions options_;
  std::vector<Range> ranges_;  // every parameter, with its own decay
  std::vector<float> moment1_, moment2_;
  int64_t steps_ = 0;
};

}  // namespace laconic::optim
