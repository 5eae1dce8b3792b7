#include "apps/laconic/run/result.hpp"

#include "apps/laconic/run/memory.hpp"
#include "apps/laconic/run/method.hpp"
#include "apps/laconic/run/rank_figures.hpp"
#include "apps/laconic/version.hpp"
#include "framework/base/hash.hpp"
#include "framework/base/process.hpp"

namespace laconic {
namespace {

using nlohmann::json;

json memory_section(const StateList& state, const Facts& facts, const json& attributes,
                    const json& ranks) {
  json section = {{"peak_host", largest(ranks, "peak_host")}};
  int64_t optimizer = 0;
  for (const StateEntry& entry : state.entries()) {
    const int64_t bytes = entry.bytes();
    if (entry.name == "parameters") section["parameters"] = bytes;
    // A method may have several: "outer/optimizer/moment1".
    if (("/" + entry.name).find("/optimizer/") != std::string::npos) optimizer += bytes;
  }
  if (section.contains("parameters")) section["optimizer"] = optimizer;
  for (const MemoryPart& part : memory_parts(state, facts, attributes))
    section[part.name] = part.root;
  return section;
}

}  // namespace

json make_result(Session& session, Learner& learner, const Facts& facts, Ledger& ledger,
                 const Best& best, const StateList& state) {
  const json account = ledger.gather(facts.dense_elements);
  if (!session.is_root()) return nullptr;
  const json& ranks = account.at("ranks");
  const std::vector<RunPhase> phases = phases_of(account);
  const double total = ledger.seconds();
  const Period period = learner.period();
  json comm = comm_section(ranks);
  if (const comm::SlowLink& link = session.config().comm().slow_link; link.is_set())
    comm["link"] = {{"mbit", link.mbit}, {"latency_us", link.latency_us}};
  comm["counted"] = session.exchange().counts_bytes();
  json result = {{"status", "completed"},
                 {"method", session.config().method().name},
                 {"problem", facts.problem},
                 {"ranks", session.exchange().size()},
                 {"threads", session.context().threads},
                 {"isa", isa_name(session.context().isa)},
                 {"seed", session.config().seed()},
                 {"steps", learner.step()},
                 {"period", period.name},
                 {std::string(period.name) + "s", period.number},
                 {"metrics", best.metrics()},
                 {"time_s", time_section(ranks, total)},
                 {"phases", account.at("phases")},
                 {"time_over_ranks_s", time_over_ranks(ranks)},
                 {"straggler", straggler(ranks, phases)},
                 {"shares", time_shares(ranks, phases, total)},
                 {"comm", comm},
                 {"baselines", facts.baselines},
                 {"memory_bytes", memory_section(state, facts, learner.attributes(), ranks)},
                 {"config_hash", session.config().resolved().hash()},
                 {"git", version::git},
                 {"host", this_process().host}};
  if (!facts.data.empty()) result["data_hash"] = fmt::format("{:016x}", hash(facts.data.dump()));
  if (facts.parameters > 0) result["parameters"] = facts.parameters;
  result.update(best.description());
  return result;
}

}  // namespace laconic
