// summary: prints the result of a run in a few lines, beside its baselines.
#include "apps/laconic/report/summary.hpp"

#include <cstdio>
#include <memory>

#include "apps/laconic/verbs/verb.hpp"

namespace laconic {

void add_summary(const Command& command, Action& action) {
  auto run = std::make_shared<std::string>();
  auto others = std::make_shared<std::vector<std::string>>();
  command.option("run", *run, "run folder").required();
  command.option("--against", *others, "NAME=RUN: a run to compare with");
  command.when_given([=, &action] {
    action = [=] {
      std::fputs(report::summary(real_files(), *run, *others).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace laconic
