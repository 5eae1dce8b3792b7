// doctor: prints the machines of a run's ranks, and the commands that would solve their problems.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/laconic/doctor/findings.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "apps/laconic/version.hpp"
#include "comm/base/collectives.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/ranges.hpp"

namespace laconic {
namespace {

using doctor::Link;
using doctor::Machine;

void print_machines(const std::vector<Machine>& machines) {
  std::printf("laconic %s (%s)\nMPI      %s\nHDF5     %s\n", version::number, version::git,
              machines[0].mpi.c_str(), machines[0].hdf5.c_str());
  for (size_t r = 0; r < machines.size(); ++r) {
    const Machine& m = machines[r];
    std::printf("rank %-3zu %s: CPUs %s of %d, %s, %.1f GB of memory free, %.1f GB on disk\n", r,
                m.host.c_str(), ranges_text(m.cpus).c_str(), m.cpus_of_host, m.isa.c_str(),
                static_cast<double>(m.memory_free) * 1e-9,
                static_cast<double>(m.free_space.count(".") ? m.free_space.at(".") : 0) * 1e-9);
    for (const auto& [name, value] : m.environment)
      std::printf("         %s=%s\n", name.c_str(), value.c_str());
  }
}

void print_links(std::vector<Link> links) {
  if (links.empty()) return;
  const auto spread = [&](auto part, double unit, const char* name) {
    std::ranges::sort(links, {}, part);
    const auto at = [&](size_t i) { return unit * std::invoke(part, links[i]); };
    return fmt::format("{:.3g} to {:.3g} {} (median {:.3g})", at(0), at(links.size() - 1), name,
                       at(links.size() / 2));
  };
  std::printf("links    %zu pairs: %s, %s\n", links.size(),
              spread(&Link::latency_s, 1e6, "us").c_str(),
              spread(&Link::bytes_per_s, 1e-9, "GB/s").c_str());
}

int examine() {
  comm::MpiWorld mpi(nullptr, nullptr);
  const auto world = mpi.world();
  std::vector<Machine> machines;
  for (const std::string& text : comm::gather(*world, doctor::this_machine().to_json().dump()))
    machines.push_back(Machine::from_json(nlohmann::json::parse(text)));
  const std::vector<Link> links = doctor::measure_links(*world);
  if (world->rank() != 0) return 0;
  print_machines(machines);
  print_links(links);
  std::vector<doctor::Finding> found = doctor::find_in_machines(machines);
  std::ranges::copy(doctor::find_in_links(machines, links), std::back_inserter(found));
  if (found.empty()) std::printf("nothing to improve\n");
  for (const doctor::Finding& finding : found)
    std::printf("! %s\n      %s\n", finding.what.c_str(), finding.type.c_str());
  return 0;
}

}  // namespace

void add_doctor(const Command& command, Action& action) {
  command.when_given([&action] { action = examine; });
}

}  // namespace laconic
