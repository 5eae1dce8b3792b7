#include "apps/laconic/learn/clients/chain_facts.hpp"

#include <algorithm>

namespace laconic {

ChainFigures ChainFigures::declare(Figures& figures) {
  const std::optional<size_t> loss = figures.find("loss");  // a network's has it
  return {.loss = loss ? *loss : figures.declare({"loss", "", Better::lower, true}),
          .lr = figures.declare({"lr", "", Better::neither}),
          .phase = figures.declare({"phase", "", Better::neither}),
          .selected = figures.declare({"selected", "", Better::neither}),
          .client_bytes = figures.declare({"client_bytes", "B", Better::lower})};
}

void ChainFigures::set(Figures& figures, const RoundReport& report, int64_t of_phase,
                       int64_t bytes) const {
  figures.clear();
  figures.set(loss, report.loss);
  if (report.lr > 0) figures.set(lr, report.lr);
  figures.set(phase, static_cast<double>(of_phase + 1));
  if (report.selected >= 0) figures.set(selected, report.selected);
  figures.set(client_bytes, static_cast<double>(bytes));
}

Period round_period(int64_t done, int64_t total) {
  return {.name = "round",
          .number = done,
          .ended = done > 0,
          .progress = static_cast<double>(done),
          .total = static_cast<double>(total)};
}

template <class T>
void describe_chain(const Cohort<T>& cohort, const Phases<T>& phases, const ChainSettings& settings,
                    int ranks, Facts& facts) {
  const int64_t vector = (cohort.dimension() + 1) * static_cast<int64_t>(sizeof(T));
  std::string names;
  for (const PhasePlan& phase : settings.plan)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", phase.kind->name);
  facts.lines.emplace_back("phases",
                           fmt::format("{}; {} rounds (method.rounds)", names, settings.rounds));
  facts.lines.emplace_back(
      "clients", fmt::format("{} on {} rank{}, {} per round; each sends {:.1f} kB in a round",
                             cohort.clients(), ranks, ranks == 1 ? "" : "s", cohort.per_round(),
                             1e-3 * static_cast<double>(vector)));
  if (ranks > cohort.clients())
    facts.warnings.push_back(fmt::format("{} of {} ranks have no client (data.clients.count)",
                                         ranks - cohort.clients(), ranks));
  const int64_t hosted = (cohort.clients() + ranks - 1) / ranks;
  facts.memory.push_back({.name = "sums over clients",
                          .root = cohort.most_vectors() * vector,
                          .others = std::min(cohort.most_vectors(), hosted) * vector});
  if (const int64_t growth = phases.growth(); growth > 0)
    facts.memory.push_back({"later phases", growth, growth});
}

template void describe_chain(const Cohort<float>&, const Phases<float>&, const ChainSettings&, int,
                             Facts&);
template void describe_chain(const Cohort<double>&, const Phases<double>&, const ChainSettings&,
                             int, Facts&);

}  // namespace laconic
