// The list of all allreduces, dense and sparse. Option values, help, tests and reports use it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "comm/base/allreduce.hpp"
#include "framework/config/variant.hpp"

namespace laconic::comm {

// Returns the entries of comm/dense/list.hpp, then those of comm/sparse/list.hpp.
std::span<const AllreduceEntry> allreduce_list();
std::vector<std::string> allreduce_names();
std::vector<std::string> sparse_allreduce_names();
// Returns the entry with this name.
// Error(config) with the allowed names if there is none.
const AllreduceEntry& find_allreduce(std::string_view name);

// The choice of one allreduce. Each sparse one has its own options.
using AllreduceChoice = config::Variant<AllreduceEntry>;

}  // namespace laconic::comm
