// inspect and verify: print and check checkpoints; they need no model.
#include "framework/checkpoint/inspect.hpp"

#include <cstdio>
#include <memory>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/folder.hpp"

namespace laconic {

void add_inspect(const Command& command, Action& action) {
  auto path = std::make_shared<std::string>();
  command.option("checkpoint", *path, "checkpoint, folder of checkpoints, or run folder")
      .required();
  auto fingerprint = std::make_shared<bool>(false);
  command.flag(
      "--fingerprint", *fingerprint,
      "print only the SHA-256 over all tensors; equal hashes mean the same state, bit for bit");
  command.when_given([=, &action] {
    action = [=] {
      if (*fingerprint)
        std::printf("%s\n", checkpoint_fingerprint(real_files(), *path).c_str());
      else
        std::fputs(inspect_checkpoint(real_files(), *path).c_str(), stdout);
      return 0;
    };
  });
}

void add_verify(const Command& command, Action& action) {
  auto path = std::make_shared<std::string>();
  command
      .option("checkpoint", *path,
              "checkpoint; or folder of checkpoints or run folder: all of its checkpoints")
      .required();
  command.when_given([=, &action] {
    action = [=] {
      std::string damaged;
      for (const Verified& each : verify_checkpoints(real_files(), *path)) {
        for (const std::string& problem : each.problems)
          std::fprintf(stderr, "%s\n", problem.c_str());
        if (each.problems.empty())
          std::printf("%s: intact\n", each.path.c_str());
        else if (damaged.empty())
          damaged = each.path;
      }
      if (!damaged.empty()) fail(ExitCode::no_checkpoint, "{}: damaged", damaged);
      return 0;
    };
  });
}

}  // namespace laconic
