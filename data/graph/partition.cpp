// Partitions by METIS k-way (Karypis & Kumar 1998), and two methods that ignore the edges, for
// comparison. METIS crashes on malformed input without a message, so everything that it assumes is
// checked before the call.
#include "data/graph/partition.hpp"

#include <metis.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "data/graph/graph.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"

namespace laconic::data {
namespace {

constexpr auto idx_max = std::numeric_limits<idx_t>::max();

constexpr config::Choice<Partitioner> partitioners[] = {{"metis", Partitioner::metis},
                                                        {"random", Partitioner::random},
                                                        {"contiguous", Partitioner::contiguous}};

// Restores signal handlers: METIS catches SIGABRT and SIGTERM while it runs.
class KeepSignalHandlers {
 public:
  KeepSignalHandlers() {
    for (int i = 0; i < 2; ++i) sigaction(signals[i], nullptr, &saved_[i]);
  }
  ~KeepSignalHandlers() {
    for (int i = 0; i < 2; ++i) sigaction(signals[i], &saved_[i], nullptr);
  }

 private:
  static constexpr int signals[2] = {SIGABRT, SIGTERM};
  struct sigaction saved_[2];
};

std::vector<int32_t> metis(const CsrView& pattern, const PartitionOptions& options) {
  const int64_t nodes = pattern.rows();
  const int64_t entries = pattern.nonzeros();
  const int64_t weight =
      options.balance_edges ? nodes + entries : nodes;  // sum of the vertex weights
  if (std::max(entries, weight) > idx_max)
    fail(ExitCode::data,
         "partition: {} adjacency entries, vertex weight {}: this METIS counts in {} bits, at most "
         "{}; use data.partitioner: random or contiguous, or a METIS built with IDXTYPEWIDTH=64",
         entries, weight, 8 * sizeof(idx_t), idx_max);

  std::vector<idx_t> xadj(pattern.indptr.begin(), pattern.indptr.end());
  std::vector<idx_t> copy, vertex_weights;
  idx_t* adjacency = nullptr;
  if constexpr (std::is_same_v<idx_t, int32_t>) {
    // METIS takes non-const pointers but does not change a graph that is numbered from 0; a copy
    // would cost gigabytes.
    adjacency = const_cast<idx_t*>(pattern.indices.data());
  } else {
    copy.assign(pattern.indices.begin(), pattern.indices.end());
    adjacency = copy.data();
  }
  if (options.balance_edges)
    for (int64_t i = 0; i < nodes; ++i)
      vertex_weights.push_back(static_cast<idx_t>(1 + pattern.degree(i)));

  idx_t metis_options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(metis_options);
  metis_options[METIS_OPTION_SEED] = static_cast<idx_t>(options.seed & 0x7fffffff);
  auto vertices = static_cast<idx_t>(nodes);
  auto parts = static_cast<idx_t>(options.parts);
  idx_t constraints = 1, cut = 0;
  std::vector<idx_t> result(nodes);
  int status = METIS_ERROR;
  {
    const KeepSignalHandlers keep;
    status =
        METIS_PartGraphKway(&vertices, &constraints, xadj.data(), adjacency,
                            options.balance_edges ? vertex_weights.data() : nullptr, nullptr,
                            nullptr, &parts, nullptr, nullptr, metis_options, &cut, result.data());
  }
  if (status == METIS_ERROR_MEMORY)
    fail(ExitCode::environment, "partition: METIS ran out of memory on {} nodes, {} edges", nodes,
         entries / 2);
  if (status != METIS_OK)
    fail(ExitCode::internal,
         "partition: METIS_PartGraphKway returned {} on {} nodes, {} edges, {} parts", status,
         nodes, entries / 2, options.parts);
  return {result.begin(), result.end()};
}

// Cuts the nodes, in the given order, into parts whose sizes differ by at most one.
std::vector<int32_t> cut_evenly(const std::vector<int32_t>& order, int64_t parts) {
  const auto nodes = static_cast<int64_t>(order.size());
  std::vector<int32_t> part_of(nodes);
  for (int64_t i = 0; i < nodes; ++i) part_of[order[i]] = static_cast<int32_t>(i * parts / nodes);
  return part_of;
}

// Renumbers the parts that have nodes, in their order; returns how many there are.
int32_t drop_empty_parts(std::vector<int32_t>& part_of, int64_t parts) {
  std::vector<int32_t> number(parts, -1);
  for (const int32_t p : part_of) number[p] = 0;
  int32_t used = 0;
  for (int32_t& n : number)
    if (n == 0) n = used++;
  for (int32_t& p : part_of) p = number[p];
  return used;
}

int64_t count_cut(const CsrView& pattern, const std::vector<int32_t>& part_of) {
  int64_t cut = 0;
  for (int64_t i = 0; i < pattern.rows(); ++i)
    for (int64_t k = pattern.indptr[i]; k < pattern.indptr[i + 1]; ++k)
      cut += part_of[i] != part_of[pattern.indices[k]];
  return cut / 2;
}

}  // namespace

const char* name(Partitioner partitioner) {
  return std::ranges::find(partitioners, partitioner, &config::Choice<Partitioner>::value)->name;
}

void PartitionOptions::describe(config::Fields& f) {
  f.integer("parts", parts,
            {.min = 1, .max = 1 << 24, .help = "clusters that the graph is cut into"})
      .also_called({"clusters", "num_clusters", "partitions", "num_partitions"});
  f.choice("partitioner", method, {std::begin(partitioners), std::end(partitioners)},
           "how the graph is cut: metis cuts few edges, random and contiguous ignore the edges");
  f.integer("partition_seed", seed, {.min = 0, .help = "seed of the partitioner"});
  f.flag("balance_edges", balance_edges, "balance edges instead of nodes between clusters");
}

Partition partition(const CsrView& pattern, const PartitionOptions& options) {
  check_pattern(pattern, "partition");
  const int64_t nodes = pattern.rows();
  if (options.parts < 1 || options.parts > nodes)
    fail(ExitCode::data, "partition: {} parts of a graph of {} nodes; allowed: 1 to {}",
         options.parts, nodes, nodes);
  std::vector<int32_t> order(nodes);
  std::iota(order.begin(), order.end(), 0);
  Partition result;
  if (options.method == Partitioner::random)
    Random(static_cast<uint64_t>(options.seed), Stream::split, 0, 1).shuffle(order);
  // METIS divides by the logarithm of the number of parts, and has nothing to cut without edges.
  const bool by_edges =
      options.method == Partitioner::metis && options.parts > 1 && pattern.nonzeros() > 0;
  result.part_of = by_edges ? metis(pattern, options) : cut_evenly(order, options.parts);
  result.parts = drop_empty_parts(result.part_of, options.parts);
  if (result.parts < options.parts)
    spdlog::warn("partition: {} left {} of {} parts empty; going on with {}", name(options.method),
                 options.parts - result.parts, options.parts, result.parts);
  result.edge_cut = count_cut(pattern, result.part_of);
  return result;
}

}  // namespace laconic::data
