// selftest: the conformance suite of the tests, on the user's machine.
#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/conformance.hpp"
#include "framework/ops/list.hpp"

namespace laconic {

void add_selftest(const Command& command, Action& action) {
  command.when_given([&action] {
    action = [] {
      Context context;
      context.isa = detect_isa();
      size_t failures = 0;
      for (const ops::OpKind* kind : ops::list()) {
        const std::vector<ops::Failure> found = ops::check(*kind, context);
        std::printf("%-12s %s\n", kind->name, found.empty() ? "ok" : "FAILED");
        for (const ops::Failure& f : found)
          std::printf("    %s: %s\n", f.where.c_str(), f.what.c_str());
        failures += found.size();
      }
      if (failures > 0) fail(ExitCode::internal, "selftest: {} checks failed", failures);
      std::printf("all operators agree with their references (up to %s)\n", isa_name(context.isa));
      return 0;
    };
  });
}

}  // namespace laconic
