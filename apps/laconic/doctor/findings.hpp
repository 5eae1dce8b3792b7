// What is wrong or could be better about the machines of a run, each with what to type.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/doctor/links.hpp"
#include "apps/laconic/doctor/machine.hpp"

namespace laconic::doctor {

struct Finding {
  std::string what;
  std::string type;  // the remedy
};

// `machines`: of rank 0, 1, ...
std::vector<Finding> find_in_machines(const std::vector<Machine>& machines);
std::vector<Finding> find_in_links(const std::vector<Machine>& machines,
                                   const std::vector<Link>& links);

}  // namespace laconic::doctor
