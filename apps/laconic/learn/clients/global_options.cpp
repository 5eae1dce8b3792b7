#include "apps/laconic/learn/clients/global_options.hpp"

#include "framework/config/checks.hpp"

namespace laconic {

void GlobalStepsOptions::describe(config::Fields& f) {
  f.choice("rule", rule,
           {{"sgd", Rule::sgd}, {"asg", Rule::asg}, {"saga", Rule::saga}, {"ssnm", Rule::ssnm}},
           "sgd = plain; asg = accelerated; saga, ssnm = variance reduced over clients, for rounds "
           "in which only some take part; ssnm takes lr as 1/L");
  f.integer("samples", samples,
            {.min = 0,
             .max = 1 << 24,
             .help = "samples per client and round, drawn with replacement; 0 = all that it has"});
  RateOptions::describe(f);
  f.real("mu", mu, {.min = 0, .help = "strong convexity of the objective; 0 = not known"})
      .only_when("rule", {"asg", "ssnm"});
  f.choice("option", option, {{"I", Renewed::same}, {"II", Renewed::others}},
           "whose table entries are renewed: I = those of the clients of the round; II = of others")
      .only_when("rule", {"saga"});
}

void GlobalStepsOptions::check(const config::Checks& checks) const {
  if (rule == Rule::ssnm && mu == 0)
    checks.refuse("mu", "value 0: rule: ssnm needs the strong convexity of the objective");
}

}  // namespace laconic
