// bench epoch: measures training epochs of a configuration on one rank, by phase.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/verbs/bench/bench.hpp"
#include "apps/laconic/verbs/bench/epoch_bench.hpp"

namespace laconic {

void add_bench_epoch(const Command& command, Action& action) {
  auto arguments = std::make_shared<ConfigArguments>();
  auto epochs = std::make_shared<int64_t>(5);
  auto weights = std::make_shared<std::string>();
  arguments->add_to(command);
  command.option("--epochs", *epochs, "number of epochs").show_default();
  command.option(
      "--exchange-file", *weights,
      "path of an HDF5 file for the initial weights and the order of batches, so that another "
      "program can repeat them");
  command.when_given([=, &action] {
    action = [=] {
      std::printf("%s\n",
                  bench_epoch(load_config(arguments->file, arguments->overrides), *epochs, *weights)
                      .dump(2)
                      .c_str());
      return 0;
    };
  });
}

}  // namespace laconic
