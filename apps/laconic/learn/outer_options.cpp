#include "apps/laconic/learn/outer_options.hpp"

#include "framework/optim/sgd.hpp"

namespace laconic {

void OuterOptions::describe(config::Fields& f) {
  f.real("lr", lr,
         {.min = 0,
          .exclusive_min = true,
          .help = "learning rate of the outer step; 1 without momentum: the mean of all ranks"})
      .also_called({"outer_lr", "outer_learning_rate", "server_lr", "server_learning_rate"});
  f.real("momentum", momentum,
         {.min = 0, .max = 1, .exclusive_max = true, .help = "momentum of the outer steps"})
      .also_called({"outer_momentum", "server_momentum"});
  f.flag("nesterov", nesterov, "look-ahead momentum of the outer steps")
      .also_called({"outer_nesterov"});
}

optim::OptimizerOptions OuterOptions::optimizer() const {
  optim::OptimizerOptions sgd;
  sgd.kind.select("sgd");
  sgd.kind.as<optim::SgdOptions>().momentum = momentum;
  sgd.kind.as<optim::SgdOptions>().nesterov = nesterov;
  sgd.lr = lr;
  return sgd;
}

}  // namespace laconic
