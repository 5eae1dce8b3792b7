// Whether the launcher gave the ranks the cores that they compute on. Looked at before anything is
// loaded; what does not fit is a warning that says what to type, since it is slow and not wrong.
#pragma once

#include <string>
#include <vector>

#include "comm/exchange.hpp"

namespace laconic {

// Where a rank runs.
struct Place {
  std::string host;
  std::vector<int> cores;  // that this process may use
  int host_cores = 0;      // online
  int slurm_cpus = 0;      // a task, as Slurm was asked; 0: it was not
};

Place this_place();
std::string to_text(const Place& place);
Place place_of(const std::string& text);

// For each rank, how many ranks of its host may use one of its cores, itself included.
std::vector<int> sharing(const std::vector<Place>& places);

// threads[r]: compute threads of rank r.
std::vector<std::string> launch_warnings(const std::vector<Place>& places,
                                         const std::vector<int>& threads);

// Collective: compute threads of this rank, `wanted` or its share of the cores it may use. Rank 0
// tells the warnings.
int agree_on_threads(comm::Exchange& exchange, int wanted);

}  // namespace laconic
