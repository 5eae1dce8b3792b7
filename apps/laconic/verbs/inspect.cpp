// inspect and verify: checkpoints, without a model.
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
  command.flag("--fingerprint", *fingerprint,
               "only the SHA-256 over all tensors: equal means the same state, bit for bit");
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
  command.option("checkpoint", *path, "checkpoint, folder of checkpoints, or run folder")
      .required();
  command.when_given([=, &action] {
    action = [=] {
      const std::string folder = resolve_checkpoint(real_files(), *path);
      const std::vector<std::string> problems =
          find_problems(real_files(), folder, Depth::contents);
      for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
      if (!problems.empty()) fail(ExitCode::no_checkpoint, "{}: damaged", folder);
      std::printf("%s: intact\n", folder.c_str());
      return 0;
    };
  });
}

}  // namespace laconic
