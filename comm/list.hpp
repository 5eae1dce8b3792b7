// The one list of allreduce algorithms: option values, help, tests and reports walk it. A new
// algorithm is one file and one line here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "comm/allreduce.hpp"
#include "comm/link.hpp"
#include "comm/sparse/sparse.hpp"

namespace laconic::comm {

struct AllreduceEntry {
  const char* name;
  const char* help;
  // On ranks with this link, where the method depends on it. Null for a sparse one.
  std::unique_ptr<Allreduce> (*make)(const LinkOptions& link);
  // What one sum of n floats costs this rank.
  Traffic (*traffic)(const LinkOptions& link, int64_t n, int rank, int ranks);
  // The transport counts every byte, and traffic() is exact. False: the bytes go past our counters
  // (vendor), and traffic() is the model that is reported for them.
  bool counted;
  MakeSparse* make_sparse = nullptr;  // null for a dense one
  // Of a sparse sum of k pairs a rank: messages on the critical path, and pairs through a rank's
  // link.
  double (*messages)(int ranks) = nullptr;
  double (*pairs)(int64_t k, int ranks) = nullptr;
  bool is_sparse() const { return make_sparse != nullptr; }
};

std::span<const AllreduceEntry> allreduce_list();
std::vector<std::string> allreduce_names();
// Error(config) with the allowed names where there is none of this name.
const AllreduceEntry& find_allreduce(const std::string& name);

}  // namespace laconic::comm
