// plan: what a run will do, decided the same way as the run decides it, printed instead of done.
#include "framework/graph/plan.hpp"

#include <cstdio>
#include <memory>

#include "apps/laconic/train/batch_cursor.hpp"
#include "apps/laconic/train/exchange_facts.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/task.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "comm/transports.hpp"
#include "framework/checkpoint/interval.hpp"
#include "framework/ops/list.hpp"

namespace laconic {
namespace {

double mega(double bytes) {
  return bytes / 1e6;
}

void print_nodes(const graph::Graph& network, const graph::Plan<float>& plan) {
  std::printf(
      "\nnode                            kind         width  kernel  why not the ones before it\n");
  for (size_t i = 0; i < network.nodes.size(); ++i) {
    const graph::Node& node = network.nodes[i];
    std::string refusals;
    for (const std::string& r : plan.nodes[i].refusals)
      refusals += (refusals.empty() ? "" : "; ") + r;
    std::printf("%-31s %-12s %5lld  %-6s  %s%s\n", node.spec.name.c_str(), node.spec.kind.c_str(),
                static_cast<long long>(node.spec.output_width),
                plan.nodes[i].implementation.c_str(), refusals.c_str(),
                plan.nodes[i].in_place ? "(in place)" : "");
  }
}

int plan_run(const ConfigArguments& arguments, int ranks) {
  const Config config = load_config(arguments.file, arguments.overrides);
  const Options& options = config.options;
  const Context context = make_context(options, default_threads(ranks));
  comm::Exchange exchange(comm::make_self(), options.comm);
  const std::unique_ptr<Task> task = make_task(options, context, exchange, Task::Use::train);
  const data::Batches& batches = task->batches();
  const BatchCursor cursor(batches, context.seed, ranks, options.train.accumulate);
  const auto plan = graph::make_plan<float>(
      task->network(), context,
      {.implementation =
           options.compute.implementation == "auto" ? "" : options.compute.implementation});
  const auto parameters = static_cast<double>(task->network().parameter_count);
  const double moments =
      options.optimizer.kind == "sgd" ? (options.optimizer.momentum > 0 ? 1 : 0) : 2;
  double flops = 0;
  for (const graph::Node& node : task->network().nodes)
    flops += ops::find(node.spec.kind).flops_per_row(node.spec);

  for (const std::string& note : task->notes()) std::printf("%s\n", note.c_str());
  for (const std::string& warning : task->warnings()) std::printf("warning: %s\n", warning.c_str());
  std::printf("\n");
  for (const auto& [what, how_much] : task->facts())
    std::printf("%-17s %s\n", what.c_str(), how_much.c_str());
  std::printf("steps an epoch    %lld (%d ranks x %lld batches an update)\n",
              static_cast<long long>(cursor.steps_per_epoch()), ranks,
              static_cast<long long>(options.train.accumulate));
  std::printf(
      "work an epoch     %.1f GFLOP in dense products and convolutions, forward and backward, all "
      "ranks\n",
      3 * flops * static_cast<double>(batches.rows()) * 1e-9);
  std::printf("parameters        %.0f\n", parameters);
  std::printf(
      "memory a rank     parameters and gradients %.1f MB, best parameters %.1f MB, optimizer %.1f "
      "MB, activations %.1f MB, data %.1f MB\n",
      mega(8 * parameters), mega(4 * parameters), mega(4 * moments * parameters),
      mega(static_cast<double>(plan.arena_bytes(batches.max_rows()))),
      mega(static_cast<double>(batches.memory_bytes())));
  const double saved = (8 + 4 * moments) * parameters;  // the best parameters, too
  std::printf("checkpoint        %.1f MB, copied in memory first; %s\n", mega(saved),
              options.checkpoint.mtbf > 0
                  ? fmt::format("about every {:.0f} s (checkpoint.mtbf)",
                                best_interval(expected_write_s(static_cast<int64_t>(saved)),
                                              3600 * options.checkpoint.mtbf))
                        .c_str()
                  : "never by the clock");
  for (const auto& [what, how_much] :
       describe_exchange(options, exchange.link(), ranks, task->network().parameter_count))
    std::printf("%-17s %s\n", what.c_str(), how_much.c_str());
  std::printf("threads           %d, kernels for %s\n", context.threads, isa_name(context.isa));
  print_nodes(task->network(), plan);
  return 0;
}

}  // namespace

void add_plan(const Command& command, Action& action) {
  auto arguments = std::make_shared<ConfigArguments>();
  auto ranks = std::make_shared<int>(1);
  arguments->add_to(command);
  command.option("-n,--ranks", *ranks, "ranks the run would have")
      .between(1, 1 << 20)
      .show_default();
  command.when_given([=, &action] { action = [=] { return plan_run(*arguments, *ranks); }; });
}

}  // namespace laconic
