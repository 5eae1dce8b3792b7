#include "comm/list.hpp"

#include <fmt/ranges.h>

#include "comm/dense/dense.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

std::span<const AllreduceEntry> allreduce_list() {
  static constexpr AllreduceEntry list[] = {
      {"dense", "ring reduce-scatter and allgather in fixed order, every byte counted", make_dense,
       dense_traffic, true},
      {"vendor", "MPI_Allreduce; its bytes are modelled, its order is MPI's", make_vendor,
       vendor_traffic, false},
      {"ref", "gather, sum in rank order, broadcast: slow, obvious, the truth of the tests",
       make_ref, ref_traffic, true},
      {"oktopk", "Ok-Topk: top-k of the ranks' top-k, 4k to 6k words whatever the ranks", nullptr,
       nullptr, true, make_oktopk},
      {"topka", "allgather of every rank's top-k", nullptr, nullptr, true, make_topka},
      {"topkdsa", "split by regions and allgather, dense where sparse would be larger", nullptr,
       nullptr, true, make_topkdsa},
      {"gtopk", "a tree that keeps k at every merge", nullptr, nullptr, true, make_gtopk},
      {"gaussiank", "topka with a threshold guessed from a normal fit", nullptr, nullptr, true,
       make_gaussiank},
      {"spardl", "top-k/P of P blocks in 2 log P rounds", nullptr, nullptr, true, make_spardl},
  };
  return list;
}

std::vector<std::string> allreduce_names() {
  std::vector<std::string> names;
  for (const AllreduceEntry& entry : allreduce_list()) names.emplace_back(entry.name);
  return names;
}

const AllreduceEntry& find_allreduce(const std::string& name) {
  for (const AllreduceEntry& entry : allreduce_list())
    if (name == entry.name) return entry;
  fail(ExitCode::config, "comm.allreduce: there is no '{}', allowed are {}", name,
       fmt::join(allreduce_names(), ", "));
}

}  // namespace laconic::comm
