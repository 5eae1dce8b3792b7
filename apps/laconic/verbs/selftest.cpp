// selftest: runs the conformance suites of the tests on the user's machine.
#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/conformance.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/list.hpp"

namespace laconic {

namespace {

// Prints a line and the failures behind it. Returns their number.
size_t print(const char* name, const char* isa, const std::vector<ops::Failure>& failures) {
  std::printf("%-28s %-8s %s\n", name, isa, failures.empty() ? "ok" : "FAILED");
  for (const ops::Failure& f : failures)
    std::printf("    %s: %s\n", f.where.c_str(), f.what.c_str());
  return failures.size();
}

}  // namespace

void add_selftest(const Command& command, Action& action) {
  command.when_given([&action] {
    action = [] {
      Context context;
      context.isa = detect_isa();
      size_t failures = 0;
      std::printf("%-28s %-8s\n", "kernel", "with");
      for (const ops::KernelSet* set : ops::kernel_sets())
        for (const ops::Walked& each : set->walk(*set, context.isa))
          failures += print(each.kernel, each.isa, each.failures);
      std::printf("\n%-28s %-8s\n", "operator", "up to");
      for (const ops::OpKind* kind : ops::list())
        failures += print(kind->name, isa_name(context.isa), ops::check(*kind, context));
      if (failures > 0) fail(ExitCode::internal, "selftest: {} checks failed", failures);
      std::printf("\nall kernels and operators agree with their references (up to %s)\n",
                  isa_name(context.isa));
      return 0;
    };
  });
}

}  // namespace laconic
