#include "comm/list.hpp"

#include <fmt/ranges.h>

#include "comm/dense/dense.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

namespace {

constexpr AllreduceEntry sparse(const char* name, const char* help, MakeSparse* make,
                                double (*messages)(int), double (*pairs)(int64_t, int)) {
  return {name, help, nullptr, nullptr, true, make, messages, pairs};
}

constexpr double pairs(int64_t k) {
  return static_cast<double>(k);
}

// The methods that are the same on every link.
template <std::unique_ptr<Allreduce> (*make)()>
std::unique_ptr<Allreduce> any_link(const LinkOptions&) {
  return make();
}
template <Traffic (*traffic)(int64_t, int, int)>
Traffic any_link(const LinkOptions&, int64_t n, int rank, int ranks) {
  return traffic(n, rank, ranks);
}

}  // namespace

std::span<const AllreduceEntry> allreduce_list() {
  static constexpr AllreduceEntry list[] = {
      {"dense", "the fastest of the next four by comm.alpha_us and comm.beta_ns_per_byte",
       make_dense, dense_traffic, true},
      {"ring", "2(P-1) messages to the right neighbour, 2(P-1)/P of the vector",
       any_link<make_ring>, any_link<ring_traffic>, true},
      {"recursive_doubling", "log2(P) messages of the whole vector",
       any_link<make_recursive_doubling>, any_link<recursive_doubling_traffic>, true},
      {"rabenseifner", "2 log2(P) messages, 2(P-1)/P of the vector; for P a power of two",
       any_link<make_rabenseifner>, any_link<rabenseifner_traffic>, true},
      {"circulant", "2 log2(P) messages, 2(P-1)/P of the vector; for any P",
       any_link<make_circulant>, any_link<circulant_traffic>, true},
      {"vendor", "MPI_Allreduce; its bytes are modelled, its order is MPI's", any_link<make_vendor>,
       any_link<vendor_traffic>, false},
      {"ref", "gather, sum in rank order, broadcast: slow, obvious, the truth of the tests",
       any_link<make_ref>, any_link<ref_traffic>, true},
      sparse(
          "oktopk", "Ok-Topk: top-k of the ranks' top-k, 4k to 6k words whatever the ranks",
          make_oktopk, [](int P) { return P - 1 + 6.0 * log2_ceil(P); },
          [](int64_t k, int P) { return 2.0 * pairs(k) * (P - 1) / P; }),
      sparse(
          "topka", "allgather of every rank's top-k", make_topka,
          [](int P) { return 1.0 * log2_ceil(P); },
          [](int64_t k, int P) { return pairs(k) * (P - 1); }),
      sparse(
          "topkdsa", "split by regions and allgather, dense where sparse would be larger",
          make_topkdsa, [](int P) { return P - 1 + 2.0 * log2_ceil(P); },
          [](int64_t k, int P) { return pairs(k) * (P - 1) / P * (1 + P); }),
      sparse(
          "gtopk", "a tree that keeps k at every merge", make_gtopk,
          [](int P) { return 2.0 * log2_ceil(P); },
          [](int64_t k, int P) { return 2.0 * pairs(k) * log2_ceil(P); }),
      sparse(
          "gaussiank", "topka with a threshold guessed from a normal fit", make_gaussiank,
          [](int P) { return 1.0 * log2_ceil(P); },
          [](int64_t k, int P) { return pairs(k) * (P - 1); }),
      sparse(
          "spardl", "top-k/P of P blocks in 2 log P rounds", make_spardl,
          [](int P) { return 2.0 * log2_ceil(P); },
          [](int64_t k, int P) { return 2.0 * pairs(k) * (P - 1) / P; }),
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
