#include "comm/exchange/list.hpp"

#include "comm/dense/list.hpp"
#include "comm/sparse/list.hpp"
#include "framework/base/find_by_name.hpp"

namespace laconic::comm {

std::span<const AllreduceEntry> allreduce_list() {
  static const std::vector<AllreduceEntry> list = [] {
    std::vector<AllreduceEntry> all(dense_list().begin(), dense_list().end());
    all.insert(all.end(), sparse_list().begin(), sparse_list().end());
    return all;
  }();
  return list;
}

namespace {

std::vector<std::string> names_of(std::span<const AllreduceEntry> list) {
  std::vector<std::string> names;
  for (const AllreduceEntry& entry : list) names.emplace_back(entry.name);
  return names;
}

}  // namespace

std::vector<std::string> allreduce_names() {
  return names_of(allreduce_list());
}

std::vector<std::string> sparse_allreduce_names() {
  return names_of(sparse_list());
}

const AllreduceEntry& find_allreduce(std::string_view name) {
  return find_by_name(allreduce_list(), name, "comm.allreduce");
}

}  // namespace laconic::comm
