#include "framework/optim/sgd.hpp"

#include "framework/ops/update/update.hpp"
#include "framework/optim/rule.hpp"

namespace laconic::optim {

void SgdOptions::describe(config::Fields& f) {
  f.real("momentum", momentum,
         {.min = 0, .max = 1, .exclusive_max = true, .help = "heavy-ball momentum", .unit = ""});
  f.flag("nesterov", nesterov, "look-ahead momentum");
}

namespace {

class Sgd final : public Rule {
 public:
  Sgd(const Context& context, const SgdOptions& options, int64_t count)
      : context_(context),
        momentum_(static_cast<float>(options.momentum)),
        nesterov_(options.nesterov) {
    if (options.momentum > 0) velocity_ = device::Buffer<float>(count);
  }

  void allocate() override { velocity_.allocate(); }

  void visit_state(StateList& state) override {
    if (velocity_.size() > 0) state.add("optimizer/moment1", velocity_);
  }

  // With lr inside, v sums steps instead of gradients.
  void update(const Update& u) override {
    const auto rate = static_cast<float>(u.lr);
    ops::sgd(context_,
             {.lr = u.lr_inside ? 1.0f : rate,
              .momentum = momentum_,
              .decay = u.decay * (u.lr_inside ? rate : 1.0f),
              .nesterov = nesterov_},
             u.gradient, u.parameter, u.part(velocity_.span()));
  }

 private:
  Context context_;
  float momentum_;
  bool nesterov_;
  device::Buffer<float> velocity_;  // empty without momentum
};

}  // namespace

RuleEntry sgd() {
  return {.name = "sgd",
          .help = "stochastic gradient descent, with momentum",
          .make_options = config::make<SgdOptions>,
          .make = [](const Context& context, const config::Options& options,
                     int64_t count) -> std::unique_ptr<Rule> {
            return std::make_unique<Sgd>(context, dynamic_cast<const SgdOptions&>(options), count);
          },
          .linear = true};
}

}  // namespace laconic::optim
