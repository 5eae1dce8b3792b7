// The list of sparse allreduces. A new one is one file and one line of list.cpp.
#pragma once

#include <span>

#include "comm/base/allreduce.hpp"

namespace laconic::comm {

std::span<const AllreduceEntry> sparse_list();

}  // namespace laconic::comm
