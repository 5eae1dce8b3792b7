// FedChain (Hou, Thekumparampil, Fanti, Oh, ICLR 2022): a local method runs until the differences between
// clients stop it, a selection keeps its result if it is better than the start, and a global method,
// which those differences do not stop, does the rest:
//
//   x½ <- local steps from x0;   x1 <- the better one of x0 and x½;   x <- global steps from x1
//
// Any list of phases is a chain. Parameters are carried over, nothing else: each phase starts afresh. What
// a round of a phase does is in chain_local_steps.cpp, chain_select.cpp and global_steps.cpp, and when a
// phase ends in learn/clients/phases.cpp.
#include <algorithm>
#include <array>
#include <functional>

#include "apps/laconic/learn/clients/chain_method.hpp"
#include "apps/laconic/learn/clients/global_options.hpp"
#include "framework/config/checks.hpp"

namespace laconic {

ChainPhaseKind local_steps_phase(), select_phase(), global_steps_phase();

namespace {

std::span<const ChainPhaseKind> phase_kinds() {
  static const std::array all{
      ChainPhaseKind{"none", "there is no such phase", nullptr, nullptr, nullptr},
      local_steps_phase(), select_phase(), global_steps_phase()};
  return all;
}

struct PhaseOptions : config::Options {
  config::Variant<ChainPhaseKind> kind{"none", phase_kinds()};
  UntilOptions until;
  bool is_there() const { return kind.entry().make_float != nullptr; }
  void describe(config::Fields& f) override {
    f.variant("kind", kind, "the method of the phase");
    f.group("until", until, "when the phase ends: whichever comes first; without, with the run")
        .only_when("kind", {"local_steps", "global_steps"});
  }
};

struct ChainOptions : config::Options {
  RoundOptions rounds;
  struct List {
    std::array<PhaseOptions, 6> phases;
    void describe(config::Fields& f) {
      for (size_t k = 0; k < phases.size(); ++k)
        f.group(std::to_string(k + 1), phases[k], "a phase; a name alone is short for kind");
    }
  } list;
  void describe(config::Fields& f) override {
    rounds.describe(f);
    f.group("phases", list, "the phases, in their order: a list").is_list();
  }
};

void check_chain(const Config& config, const config::Checks& checks) {
  const auto& options = config.get<ChainOptions>();
  check_rounds(config, options.rounds, checks);
  const auto& phases = options.list.phases;
  const auto key = [](size_t k, const char* name) {
    return fmt::format("method.phases.{}.{}", k + 1, name);
  };
  if (std::ranges::none_of(phases, &PhaseOptions::is_there))
    checks.refuse("method.phases.1.kind", "value none: a chain needs a phase");
  for (size_t k = 0; k < phases.size(); ++k) {
    const PhaseOptions& phase = phases[k];
    if (std::none_of(phases.begin() + k + 1, phases.end(), std::mem_fn(&PhaseOptions::is_there)))
      break;
    if (!phase.is_there())
      checks.refuse(key(k, "kind"), "value none: more phases follow");
    else if (!phase.kind.entry().takes_one_round && !phase.until.is_set())
      checks.refuse(
          key(k, "until.rounds"),
          fmt::format("value 0: more phases follow, so it needs an end: set {}, {} or {}",
                      key(k, "until.rounds"), key(k, "until.share"), key(k, "until.plateau")));
  }
}

std::unique_ptr<Learner> make(const Environment& environment) {
  const auto& options = environment.config.get<ChainOptions>();
  std::vector<PhasePlan> plan;
  for (const PhaseOptions& phase : options.list.phases)
    if (phase.is_there()) plan.push_back({&phase.kind.entry(), phase.kind.options(), phase.until});
  return make_chain(environment, options.rounds, std::move(plan));
}

// Global steps alone are a chain of one phase.
struct GlobalMethodOptions : GlobalStepsOptions {
  RoundOptions rounds;
  void describe(config::Fields& f) override {
    rounds.describe(f);
    GlobalStepsOptions::describe(f);
  }
};

}  // namespace

Method chain() {
  return {.name = "chain",
          .help = "phases on clients, one after the other: local steps, selection, global steps",
          .make_options = config::make<ChainOptions>,
          .sections = client_sections(),
          .check = check_chain,
          .make = make,
          .also_called = {"fedchain", "scaffold"}};
}

Method global_steps() {
  return {.name = "global_steps",
          .help = "every client sends a gradient at one point, then all take a step",
          .make_options = config::make<GlobalMethodOptions>,
          .sections = client_sections(),
          .check =
              [](const Config& config, const config::Checks& checks) {
                check_rounds(config, config.get<GlobalMethodOptions>().rounds, checks);
              },
          .make =
              [](const Environment& environment) {
                const ChainPhaseKind& kind = phase_kinds().back();
                const auto& options = environment.config.get<GlobalMethodOptions>();
                return make_chain(environment, options.rounds, {{&kind, &options}});
              }};
}

}  // namespace laconic
