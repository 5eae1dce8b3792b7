#include "framework/optim/adam.hpp"

#include <cmath>

#include "framework/ops/update/update.hpp"
#include "framework/optim/rule.hpp"

namespace laconic::optim {

void AdamOptions::describe(config::Fields& f) {
  f.real(
      "beta1", beta1,
      {.min = 0, .max = 1, .exclusive_max = true, .help = "decay of the first moment", .unit = ""});
  f.real("beta2", beta2,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "decay of the second moment",
          .unit = ""});
  f.real("epsilon", epsilon,
         {.min = 0,
          .exclusive_min = true,
          .help = "added to the root of the second moment",
          .unit = ""})
      .also_called({"eps"});
}

namespace {

template <bool decoupled>
class Adam final : public Rule {
 public:
  Adam(const Context& context, const AdamOptions& options, int64_t count)
      : context_(context),
        beta1_(options.beta1),
        beta2_(options.beta2),
        epsilon_(static_cast<float>(options.epsilon)),
        moment1_(count),
        moment2_(count) {}

  void allocate() override {
    moment1_.allocate();
    moment2_.allocate();
  }

  void visit_state(StateList& state) override {
    state.add("optimizer/moment1", moment1_);
    state.add("optimizer/moment2", moment2_);
  }

  void update(const Update& u) override {
    const auto t = static_cast<double>(u.step);
    ops::adam(context_,
              {.lr = static_cast<float>(u.lr / (1 - std::pow(beta1_, t))),
               .beta1 = static_cast<float>(beta1_),
               .beta2 = static_cast<float>(beta2_),
               .correction2 = static_cast<float>(1 / (1 - std::pow(beta2_, t))),
               .epsilon = epsilon_,
               .l2 = decoupled ? 0 : u.decay,
               .shrink = decoupled ? static_cast<float>(u.lr) * u.decay : 0},
              u.gradient, u.parameter, u.part(moment1_.span()), u.part(moment2_.span()));
  }

 private:
  Context context_;
  double beta1_, beta2_;
  float epsilon_;
  device::Buffer<float> moment1_, moment2_;
};

template <bool decoupled>
std::unique_ptr<Rule> make(const Context& context, const config::Options& options, int64_t count) {
  return std::make_unique<Adam<decoupled>>(context, dynamic_cast<const AdamOptions&>(options),
                                           count);
}

}  // namespace

RuleEntry adam() {
  return {.name = "adam",
          .help = "steps relative to the size of recent gradients",
          .make_options = config::make<AdamOptions>,
          .make = make<false>};
}

RuleEntry adamw() {
  return {.name = "adamw",
          .help = "adam, with a weight decay that its moments do not see",
          .make_options = config::make<AdamOptions>,
          .make = make<true>};
}

}  // namespace laconic::optim
