#include "apps/laconic/verbs/bench/bench.hpp"

namespace laconic {

void add_bench(const Command& command, Action& action) {
  static constexpr Verb all[] = {
      {"spmm",
       "sparse times dense on a graph file, compared with this machine's memory bandwidth (triad)",
       add_bench_spmm},
      {"epoch", "training epochs of a configuration on one rank, by phase", add_bench_epoch},
      {"select",
       "selection, residual and codecs of a sparse sum, compared with this machine's triad",
       add_bench_select},
      {"scaling", "sparse sums on thousands of ranks of a modelled network", add_bench_scaling},
      {"allreduce", "every allreduce, on the ranks and the network that mpirun starts",
       add_bench_allreduce},
      {"overlap", "the sum of a gradient alone, overlapped with a backward pass, and after it",
       add_bench_overlap},
      {"checkpoint", "cost of saving: the copy, the slower steps meanwhile, the best interval",
       add_bench_checkpoint},
  };
  command.require_subcommand();
  for (const Verb& bench : all) bench.add(command.subcommand(bench.name, bench.help), action);
}

}  // namespace laconic
