// plan: prints what a run will do. It decides in the same way as the run.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "apps/laconic/run/ledger.hpp"
#include "apps/laconic/run/memory.hpp"
#include "apps/laconic/run/method.hpp"
#include "apps/laconic/run/period_time.hpp"
#include "apps/laconic/run/session.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/process.hpp"
#include "framework/checkpoint/interval.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
namespace {

struct PlanArguments : ConfigArguments {
  int ranks = 1;
  int per_node = 0;  // ranks; 0: all
  bool time = false;
};

void print(const std::string& what, const std::string& how_much) {
  std::printf("%-17s %s\n", what.c_str(), how_much.c_str());
}

std::string mega(int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) * 1e-6);
}

std::string checkpoint(const Config& config, const MemoryPart& image, int ranks) {
  const double mtbf = config.get<CheckpointOptions>().mtbf;
  const std::string others =
      ranks > 1 && image.others > 0 ? fmt::format(", {} per other rank", mega(image.others)) : "";
  const std::string interval =
      mtbf > 0 ? fmt::format("about every {:.0f} s (checkpoint.mtbf)",
                             best_interval(expected_write_s(image.root), 3600 * mtbf))
               : "never by the clock";
  return fmt::format("{}{}, copied in memory first; {}", mega(image.root), others, interval);
}

// Formats one line per part. If there are ranks other than 0, they have a column.
void print_parts(const MemoryForecast& memory, int ranks) {
  const auto row = [&](const std::string& name, const std::string& root,
                       const std::string& others) {
    print("  " + name,
          ranks > 1 ? fmt::format("{:>12} {:>12}", root, others) : fmt::format("{:>12}", root));
  };
  print("memory per rank", ranks > 1 ? fmt::format("{:>12} {:>12}", "rank 0", "others") : "");
  for (const MemoryPart& part : memory.parts) row(part.name, mega(part.root), mega(part.others));
  row("or, to prepare", mega(memory.preparation.root), mega(memory.preparation.others));
}

void print_memory(const MemoryForecast& memory, const PlanArguments& plan) {
  print_parts(memory, plan.ranks);
  const MemoryPart& peak = memory.peak;
  const int on_node = plan.per_node > 0 ? std::min(plan.per_node, plan.ranks) : plan.ranks;
  const std::string others = plan.ranks > 1 ? fmt::format(" (others {})", mega(peak.others)) : "";
  print("peak memory", fmt::format("{} per rank{}, {} per node of {} {}", mega(peak.root), others,
                                   mega(peak.root + (on_node - 1) * peak.others), on_node,
                                   on_node > 1 ? "ranks" : "rank"));
}

std::string seconds(double s) {
  return s >= 100 ? fmt::format("{:.0f} s", s) : fmt::format("{:.2g} s", s);
}

// Returns how many of the other ranks of a node have cores on this machine.
int ranks_beside(const PlanArguments& plan, int threads) {
  const int on_node = plan.per_node > 0 ? std::min(plan.per_node, plan.ranks) : plan.ranks;
  const auto cores = static_cast<int>(allowed_cores().size());
  return std::clamp(cores / threads, 1, on_node) - 1;
}

// Prints the time of a period: measured work, and the predicted exchange.
void print_time(Learner& learner, comm::Exchange& exchange, Neighbours& neighbours,
                const PeriodCost& cost, const std::string& period) {
  const PeriodTime time = measure_period(learner, exchange, neighbours);
  if (time.period_s == 0) return print("time per " + period, "not known: the run is too short");
  const std::string sum =
      cost.exchange_s > 0
          ? fmt::format("{} to {}: {} of work and {} of exchange, hidden behind the work or not",
                        seconds(std::max(time.period_s, cost.exchange_s)),
                        seconds(time.period_s + cost.exchange_s), seconds(time.period_s),
                        seconds(cost.exchange_s))
          : seconds(time.period_s);
  const std::string at_once =
      neighbours.count() > 0 ? fmt::format(", {} ranks at once", neighbours.count() + 1) : "";
  print("time per " + period, fmt::format("{}; an evaluation takes {} (measured here, {} units{})",
                                          sum, seconds(time.evaluate_s), time.units, at_once));
}

int plan_run(const PlanArguments& arguments) {
  const Config config = load_config(arguments.file, arguments.overrides);
  const int ranks = arguments.ranks;
  const Context context = make_context(config, default_threads(ranks));
  Neighbours neighbours(arguments.time ? ranks_beside(arguments, context.threads) : 0);
  comm::Exchange exchange(comm::make_self(), config.comm());
  Ledger ledger(exchange);
  const int64_t base = resident_memory();
  const std::unique_ptr<Learner> learner = config.method().make({.config = config,
                                                                 .context = context,
                                                                 .exchange = exchange,
                                                                 .timer = ledger.timer(),
                                                                 .use = Environment::Use::plan,
                                                                 .ranks = ranks});
  const Preparation preparation = measure_preparation(base);
  Best best(config.get<MonitorOptions>(), *learner);
  const Facts facts = learner->facts();
  const MemoryForecast memory =
      forecast_memory(preparation, facts.root_stage,
                      memory_parts(state_of(*learner, best), facts, learner->attributes()));
  for (const std::string& note : facts.notes) std::printf("%s\n", note.c_str());
  for (const std::string& warning : facts.warnings) std::printf("warning: %s\n", warning.c_str());
  std::printf("\n");
  for (const auto& [what, how_much] : facts.lines) print(what, how_much);
  if (facts.parameters > 0) print("parameters", std::to_string(facts.parameters));
  const std::string period = learner->period().name;
  if (facts.period.bytes > 0)
    print("sent per " + period,
          fmt::format("{:.1f} kB per rank, as the mean over the run", 1e-3 * facts.period.bytes));
  print("checkpoint", checkpoint(config, memory.parts.back(), ranks));
  print("threads", fmt::format("{}, kernels for {}", context.threads, isa_name(context.isa)));
  print_memory(memory, arguments);
  if (arguments.time) print_time(*learner, exchange, neighbours, facts.period, period);
  if (!facts.table.empty()) std::printf("\n%s", facts.table.c_str());
  return 0;
}

}  // namespace

void add_plan(const Command& command, Action& action) {
  auto arguments = std::make_shared<PlanArguments>();
  arguments->add_to(command);
  command.option("-n,--ranks", arguments->ranks, "ranks the run would have")
      .between(1, 1 << 20)
      .show_default();
  command
      .option("--per-node", arguments->per_node,
              "ranks per node, for the memory of a node; 0 = all of them")
      .between(0, 1 << 20)
      .show_default();
  command.flag("--time", arguments->time,
               "measure the time per epoch as well: trains some steps in memory on this machine, "
               "as many ranks at once as it has cores for, with the memory of as many");
  command.when_given([=, &action] { action = [=] { return plan_run(*arguments); }; });
}

}  // namespace laconic
