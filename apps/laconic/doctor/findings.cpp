#include "apps/laconic/doctor/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace laconic::doctor {
namespace {

constexpr int64_t little_space = 1'000'000'000;       // bytes
constexpr int64_t little_shared_memory = 64'000'000;  // bytes
constexpr int64_t little_memory = 1'000'000'000;      // bytes per rank
constexpr int64_t few_files = 1024;

using Ranks = std::vector<int>;

std::map<std::string, Ranks> by_host(const std::vector<Machine>& machines) {
  std::map<std::string, Ranks> hosts;
  for (size_t r = 0; r < machines.size(); ++r)
    hosts[machines[r].host].push_back(static_cast<int>(r));
  return hosts;
}

double giga(int64_t bytes) {
  return static_cast<double>(bytes) * 1e-9;
}

// Returns the CPUs that the ranks of one host may use together.
std::set<int> cpus_of(const std::vector<Machine>& machines, const Ranks& ranks) {
  std::set<int> cpus;
  for (const int r : ranks) cpus.insert(machines[r].cpus.begin(), machines[r].cpus.end());
  return cpus;
}

void check_cpus(const std::vector<Machine>& machines, const std::string& host, const Ranks& ranks,
                std::vector<Finding>& found) {
  const int count = static_cast<int>(ranks.size());
  const int cpus = static_cast<int>(cpus_of(machines, ranks).size());
  const Machine& first = machines[ranks[0]];
  if (cpus > 0 && count > cpus)
    found.push_back(
        {fmt::format("{}: {} ranks share {} CPUs and wait for each other", host, count, cpus),
         fmt::format("mpirun -n {} ...", static_cast<int>(machines.size()) / count * cpus)});
  else if (cpus > 0 && cpus < first.cpus_of_host && count * 2 <= first.cpus_of_host)
    found.push_back({fmt::format("{}: its {} {} bound to {} of {} CPUs", host, count,
                                 count == 1 ? "rank is" : "ranks are", cpus, first.cpus_of_host),
                     fmt::format("mpirun --map-by slot:PE={} ...", first.cpus_of_host / count)});
  if (first.cpu_quota > 0 && first.cpu_quota + 0.01 < cpus)
    found.push_back(
        {fmt::format("{}: the container may use the time of {:.1f} CPUs, but {} are visible", host,
                     first.cpu_quota, cpus),
         fmt::format("compute.threads={}",
                     std::max(1, static_cast<int>(first.cpu_quota) / count))});
  const bool shared = count > 1 && machines[ranks[0]].cpus == machines[ranks[1]].cpus;
  const auto bind = first.environment.find("OMP_PROC_BIND");
  if (shared && bind != first.environment.end() && bind->second != "false")
    found.push_back(
        {fmt::format("{}: OMP_PROC_BIND={} puts the threads of all {} ranks on the same "
                     "CPUs",
                     host, bind->second, count),
         "unset OMP_PROC_BIND"});
}

// The load counts what ran in the last minute. The ranks of the doctor itself ran for a moment.
void check_load(const Machine& machine, std::vector<Finding>& found) {
  const double cpus = machine.cpus_of_host;
  if (machine.load < std::max(0.5 * cpus, 1.0)) return;
  found.push_back(
      {fmt::format("{}: a load of {:.1f} on {} CPUs: other processes compute here, and steps take "
                   "up to {:.1f} times as long",
                   machine.host, machine.load, machine.cpus_of_host, 1 + machine.load / cpus),
       "top; wait for them, or start them with: nice -n 19 ..."});
}

void check_tools(const Machine& machine, std::vector<Finding>& found) {
  if (!machine.has_mpiexec)
    found.push_back(
        {fmt::format("{}: neither mpirun nor srun is in PATH: only one rank can run", machine.host),
         "apt install openmpi-bin, or load the module of the MPI library"});
}

void check_room(const Machine& machine, int ranks, std::vector<Finding>& found) {
  for (const auto& [folder, free] : machine.free_space) {
    if (folder == "/dev/shm") {
      if (ranks > 1 && free < little_shared_memory)
        found.push_back(
            {fmt::format(
                 "{}: /dev/shm has {:.3f} GB free; ranks of one host send messages through it",
                 machine.host, giga(free)),
             "docker run --shm-size=1g ..., or mount -o remount,size=1g /dev/shm"});
    } else if (free < little_space) {
      found.push_back(
          {fmt::format("{}: {:.1f} GB free in {}", machine.host, giga(free), folder),
           folder == "." ? "run.dir=<a folder with room>" : "export TMPDIR=<a folder with room>"});
    }
  }
  if (machine.memory_free > 0 && machine.memory_free < ranks * little_memory)
    found.push_back({fmt::format("{}: {:.1f} GB of memory free for {} ranks", machine.host,
                                 giga(machine.memory_free), ranks),
                     "laconic plan -n <ranks> <config> (prints what a run needs)"});
  if (machine.open_files >= 0 && machine.open_files < few_files)
    found.push_back({fmt::format("{}: at most {} open files", machine.host, machine.open_files),
                     "ulimit -n 4096"});
  if (machine.infiniband && machine.locked_memory >= 0)
    found.push_back({fmt::format("{}: InfiniBand needs locked memory, but the limit is {} kB",
                                 machine.host, machine.locked_memory / 1024),
                     "ulimit -l unlimited"});
}

void check_environment(const Machine& machine, std::vector<Finding>& found) {
  const auto value = [&](const char* name) {
    const auto at = machine.environment.find(name);
    return at == machine.environment.end() ? std::string() : at->second;
  };
  if (const std::string isa = value("LACONIC_MAX_ISA"); !isa.empty())
    found.push_back({fmt::format("{}: LACONIC_MAX_ISA={} keeps the kernels at {}", machine.host,
                                 isa, machine.isa),
                     "unset LACONIC_MAX_ISA"});
  if (const std::string yield = value("OMPI_MCA_mpi_yield_when_idle"); yield == "1")
    found.push_back({fmt::format("{}: OMPI_MCA_mpi_yield_when_idle=1 delays each message by a time "
                                 "slice while all CPUs compute",
                                 machine.host),
                     "unset OMPI_MCA_mpi_yield_when_idle"});
}

template <class Part>
void check_same(const std::vector<Machine>& machines, const char* what, Part part,
                const std::string& remedy, std::vector<Finding>& found) {
  for (size_t r = 1; r < machines.size(); ++r)
    if (part(machines[r]) != part(machines[0])) {
      found.push_back({fmt::format("{} is {} at rank 0 and {} at rank {} ({})", what,
                                   part(machines[0]), part(machines[r]), r, machines[r].host),
                       remedy});
      return;
    }
}

std::string lowest_isa(const std::vector<Machine>& machines) {
  for (const char* isa : {"generic", "avx2"})
    if (std::ranges::any_of(machines, [&](const Machine& m) { return m.isa == isa; })) return isa;
  return "avx512";
}

}  // namespace

std::vector<Finding> find_in_machines(const std::vector<Machine>& machines) {
  std::vector<Finding> found;
  for (const auto& [host, ranks] : by_host(machines)) {
    check_cpus(machines, host, ranks, found);
    check_load(machines[ranks[0]], found);
    check_tools(machines[ranks[0]], found);
    check_room(machines[ranks[0]], static_cast<int>(ranks.size()), found);
    check_environment(machines[ranks[0]], found);
  }
  check_same(
      machines, "the MPI library", [](const Machine& m) { return m.mpi; },
      "use one installation on all hosts", found);
  check_same(
      machines, "laconic's version", [](const Machine& m) { return m.git; },
      "use one installation on all hosts", found);
  check_same(
      machines, "the best instruction set", [](const Machine& m) { return m.isa; },
      "compute.isa=" + lowest_isa(machines), found);
  const auto tasks = machines[0].environment.find("SLURM_NTASKS");
  if (machines.size() == 1 && tasks != machines[0].environment.end() &&
      std::atoi(tasks->second.c_str()) > 1)
    found.push_back(
        {fmt::format("SLURM_NTASKS={}, but this process is the only rank", tasks->second),
         "srun --mpi=pmix laconic doctor, or mpirun laconic doctor"});
  return found;
}

std::vector<Finding> find_in_links(const std::vector<Machine>& machines,
                                   const std::vector<Link>& links) {
  std::vector<std::string> hosts;
  for (const Machine& machine : machines) hosts.push_back(machine.host);
  std::vector<Finding> found;
  std::map<int, int> slow_links;  // by rank
  const std::vector<SlowLink> slow = slow_ones(links, hosts);
  for (const SlowLink& s : slow) {
    ++slow_links[s.link.a];
    ++slow_links[s.link.b];
  }
  for (const SlowLink& s : slow)
    found.push_back(
        {fmt::format(
             "ranks {} ({}) and {} ({}): {:.1f} us and {:.2f} GB/s; the usual link has {:.1f} "
             "us and {:.2f} GB/s",
             s.link.a, hosts[s.link.a], s.link.b, hosts[s.link.b], 1e6 * s.link.latency_s,
             1e-9 * s.link.bytes_per_s, 1e6 * s.usual_latency_s, 1e-9 * s.usual_bytes_per_s),
         fmt::format(
             "leave out the host with more slow links: {}",
             slow_links[s.link.a] >= slow_links[s.link.b] ? hosts[s.link.a] : hosts[s.link.b])});
  return found;
}

}  // namespace laconic::doctor
