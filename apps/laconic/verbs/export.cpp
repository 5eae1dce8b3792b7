// export: writes the weights of a checkpoint for other programs.
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>

#include "apps/laconic/learn/weights.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {

void add_export(const Command& command, Action& action) {
  auto path = std::make_shared<std::string>();
  auto output = std::make_shared<std::string>("weights.npz");
  auto last = std::make_shared<bool>(false);
  command.option("run", *path, "run folder or checkpoint").required();
  command.option("-o,--output", *output, "FILE.npz or FILE.safetensors").show_default();
  command.flag("--last", *last, "the newest state instead of the one that was best in validation");
  command.when_given([=, &action] {
    action = [=] {
      const bool npz = output->ends_with(".npz");
      if (!npz && !output->ends_with(".safetensors"))
        fail(ExitCode::usage, "--output: {}: must end in .npz or .safetensors", *output);
      const std::vector<Weight> weights = read_weights(*path, !*last);
      write_atomically(real_files(), *output, npz ? to_npz(weights) : to_safetensors(weights));
      for (const Weight& weight : weights)
        std::printf("  %-32s [%s]\n", weight.name.c_str(),
                    fmt::format("{}", fmt::join(weight.shape, ", ")).c_str());
      std::printf("written to %s\n", output->c_str());
      return 0;
    };
  });
}

}  // namespace laconic
