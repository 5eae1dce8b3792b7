// Finds problems of the machines of a run, and the command that solves each.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/doctor/links.hpp"
#include "apps/laconic/doctor/machine.hpp"

namespace laconic::doctor {

struct Finding {
  std::string what;
  std::string type;  // the command to type
};

// Return the findings. `machines`: one per rank, in rank order.
std::vector<Finding> find_in_machines(const std::vector<Machine>& machines);
std::vector<Finding> find_in_links(const std::vector<Machine>& machines,
                                   const std::vector<Link>& links);

}  // namespace laconic::doctor
