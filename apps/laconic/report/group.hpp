// Groups runs of one configuration that differ in their seed.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

struct Group {
  std::string label;            // that of the run, or of the first one and the number of seeds
  std::vector<size_t> members;  // indices of runs; one or more
};

// Returns the groups in the order of their first runs. Runs of one group have equal keys but `seed`
// and what names a run, equal numbers of ranks, and different seeds. A run whose configuration
// cannot be read is alone.
std::vector<Group> groups_of(const std::vector<Run>& runs);

// Returns the index of the group of a run.
size_t group_of(const std::vector<Group>& groups, size_t run);

}  // namespace laconic::report
