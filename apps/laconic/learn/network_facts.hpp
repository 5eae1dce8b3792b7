// Describes a network for `plan`: its work, its memory, and the kernel of each node with the
// reason.
#pragma once

#include "apps/laconic/learn/task.hpp"

namespace laconic {

void describe_network(const Task& task, const Context& context, const std::string& implementation,
                      Facts& facts);

}  // namespace laconic
