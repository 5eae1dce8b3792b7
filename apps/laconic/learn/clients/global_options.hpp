// The keys of global steps on clients (methods/global_steps.cpp).
#pragma once

#include "apps/laconic/learn/clients/phase.hpp"

namespace laconic {

struct GlobalStepsOptions : RateOptions {
  enum class Rule { sgd, asg, saga, ssnm };
  enum class Renewed { same, others };
  Rule rule = Rule::sgd;
  int64_t samples = 0;
  double mu = 0;
  Renewed option = Renewed::same;
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

}  // namespace laconic
