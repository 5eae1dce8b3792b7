#include "apps/laconic/run/launch_check.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "framework/base/process.hpp"

namespace laconic {
namespace {

struct Host {
  std::vector<size_t> ranks;
  std::set<int> cores;  // of all its ranks
  int threads = 0;
};

// Returns the hosts in the order of their first ranks, so that every start reports the same order.
std::vector<Host> hosts_of(const std::vector<Place>& places, const std::vector<int>& threads) {
  std::vector<Host> hosts;
  std::map<std::string, size_t> index;
  for (size_t rank = 0; rank < places.size(); ++rank) {
    const auto [at, is_new] = index.try_emplace(places[rank].host, hosts.size());
    if (is_new) hosts.emplace_back();
    Host& host = hosts[at->second];
    host.ranks.push_back(rank);
    host.cores.insert(places[rank].cores.begin(), places[rank].cores.end());
    host.threads += threads[rank];
  }
  return hosts;
}

// Returns the command that gives `per_rank` cores to each rank of this host.
std::string how_to_get_cores(const Place& place, int per_rank) {
  if (place.slurm_cpus > 0)
    return fmt::format("srun --cpus-per-task={}", std::max(per_rank, place.slurm_cpus));
  return fmt::format("mpirun --bind-to none, or srun --cpus-per-task={}", per_rank);
}

}  // namespace

Place this_place() {
  Place place;
  place.host = this_process().host;
  place.host_cores = online_cores();
  place.cores = allowed_cores();
  // Only a step's own processes: in a batch script the variable says what was asked of the job.
  const char* cpus = std::getenv("SLURM_CPUS_PER_TASK");
  if (cpus != nullptr && std::getenv("SLURM_STEP_ID") != nullptr)
    place.slurm_cpus = std::atoi(cpus);
  place.limits = cpu_limits();
  return place;
}

std::string to_text(const Place& place) {
  return nlohmann::json{
      place.host,           place.cores,           place.host_cores,         place.slurm_cpus,
      place.limits.threads, place.limits.asked_by, place.limits.granted_cpus}
      .dump();
}

Place place_of(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  return {json.at(0), json.at(1), json.at(2), json.at(3), {json.at(4), json.at(5), json.at(6)}};
}

std::vector<int> sharing(const std::vector<Place>& places) {
  std::map<std::pair<std::string, int>, std::vector<size_t>> users;
  for (size_t rank = 0; rank < places.size(); ++rank)
    for (const int core : places[rank].cores) users[{places[rank].host, core}].push_back(rank);
  std::vector<int> result;
  for (size_t rank = 0; rank < places.size(); ++rank) {
    size_t most = 1;
    for (const int core : places[rank].cores)
      most = std::max(most, users[{places[rank].host, core}].size());
    result.push_back(static_cast<int>(most));
  }
  return result;
}

std::vector<std::string> launch_warnings(const std::vector<Place>& places,
                                         const std::vector<int>& threads) {
  std::vector<std::string> warnings;
  for (const Host& host : hosts_of(places, threads)) {
    const Place& first = places[host.ranks.front()];
    const int ranks = static_cast<int>(host.ranks.size()), cores = std::ssize(host.cores);
    for (const size_t rank : host.ranks) {
      const Place& place = places[rank];
      const int mine = std::ssize(place.cores);
      if (mine < std::min(place.slurm_cpus, place.host_cores)) {
        warnings.push_back(fmt::format(
            "rank {} on {}: Slurm was asked for {} CPUs a task, but this one may use {}; since "
            "Slurm 22.05 srun must be told again: srun --cpus-per-task={}",
            rank, place.host, place.slurm_cpus, mine, place.slurm_cpus));
        break;  // one warning per host
      }
      if (mine < threads[rank]) {
        warnings.push_back(fmt::format(
            "rank {} on {}: {} compute threads on {} of {} cores; {}compute.threads={}", rank,
            place.host, threads[rank], mine, place.host_cores,
            mine < place.host_cores ? how_to_get_cores(place, threads[rank]) + "; or " : "", mine));
        break;
      }
    }
    if (host.threads > cores)
      warnings.push_back(fmt::format(
          "{}: {} ranks x {} threads on {} of {} cores, which they take from each other; {}",
          first.host, ranks, (host.threads + ranks - 1) / ranks, cores, first.host_cores,
          cores >= ranks ? fmt::format("compute.threads={}", cores / ranks)
          : cores < first.host_cores
              ? how_to_get_cores(first, 1)
              : fmt::format("start at most {} ranks a host: mpirun --map-by ppr:{}:node, or srun "
                            "--ntasks-per-node={}",
                            cores, cores, cores)));
  }
  return warnings;
}

std::vector<int> default_threads(const std::vector<Place>& places) {
  std::map<std::string, int> ranks;
  for (const Place& place : places) ++ranks[place.host];
  const std::vector<int> shared = sharing(places);
  std::vector<int> threads;
  for (size_t rank = 0; rank < places.size(); ++rank) {
    const Place& place = places[rank];
    threads.push_back(place.limits.threads_of(
        static_cast<int>(std::ssize(place.cores)) / shared[rank], ranks[place.host]));
  }
  return threads;
}

int agree_on_threads(comm::Exchange& exchange, int wanted) {
  const std::vector<std::string> texts = exchange.gather(to_text(this_place()));
  std::string answer;
  if (exchange.rank() == 0) {
    std::vector<Place> places;
    std::ranges::transform(texts, std::back_inserter(places), place_of);
    const std::vector<int> threads =
        wanted > 0 ? std::vector<int>(places.size(), wanted) : default_threads(places);
    for (const int number : threads) answer += fmt::format("{} ", number);
    if (const CpuLimits& limits = places[0].limits; wanted == 0 && threads[0] == limits.threads)
      spdlog::info("{}: {} compute threads; compute.threads sets another number", limits.asked_by,
                   threads[0]);
    for (const std::string& warning : launch_warnings(places, threads)) spdlog::warn("{}", warning);
  }
  std::istringstream all(exchange.broadcast(answer, 0));
  int mine = 1;
  for (int rank = 0; rank <= exchange.rank(); ++rank) all >> mine;
  return mine;
}

}  // namespace laconic
