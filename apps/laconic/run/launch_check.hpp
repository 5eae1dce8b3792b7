// Checks, before anything is loaded, which cores the launcher gave to the ranks. A bad placement is
// slow but not wrong, so it causes a warning with the command to type instead.
#pragma once

#include <string>
#include <vector>

#include "comm/exchange/exchange.hpp"
#include "framework/base/cpu_limits.hpp"

namespace laconic {

// Where a rank runs.
struct Place {
  std::string host;
  std::vector<int> cores;  // allowed for this process
  int host_cores = 0;      // online
  int slurm_cpus = 0;      // CPUs per task that Slurm was asked for; 0: none
  CpuLimits limits = {};
};

Place this_place();
std::string to_text(const Place& place);
Place place_of(const std::string& text);

// Returns, for each rank, how many ranks of its host may use one of its cores, itself included.
std::vector<int> sharing(const std::vector<Place>& places);

// Returns the warnings as texts. threads[r]: number of compute threads of rank r.
std::vector<std::string> launch_warnings(const std::vector<Place>& places,
                                         const std::vector<int>& threads);

// Returns the number of compute threads of each rank: its share of its cores, within its limits.
std::vector<int> default_threads(const std::vector<Place>& places);

// Returns the number of compute threads of this rank: `wanted`, or its default if `wanted` is 0.
// Rank 0 logs the warnings. Collective.
int agree_on_threads(comm::Exchange& exchange, int wanted);

}  // namespace laconic
