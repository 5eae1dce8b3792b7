// What bench allreduce says: a table for people, JSON for programs, a machine file for training.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "comm/cost.hpp"

namespace laconic {

// Of one algorithm: the median over repetitions of the largest of the ranks.
struct AllreduceResult {
  std::string name;
  bool is_sparse = false;
  bool counts_bytes = false;
  double sum_s = 0;   // the collective alone
  double step_s = 0;  // and everything around it
  double select_s = 0, agree_s = 0, commit_s = 0;
  double select_cpu_s = 0, sum_cpu_s = 0, commit_cpu_s = 0;  // at work, not waiting
  double fastest_sum_s = 0, fastest_step_s = 0;              // not the median
  int64_t bytes_sent = 0, bytes_received = 0, messages_sent = 0;
};

struct AllreduceReport {
  int64_t n = 0;
  int64_t k = 0;
  int ranks = 1;
  std::string data, codec, values;
  std::vector<AllreduceResult> results;
  std::optional<comm::LinkCost> link;  // fitted

  // What the ring would move, over the time: nccl-tests' bus bandwidth, of sparse sums too.
  double effective_bytes_per_s(const AllreduceResult& result) const;
  // Of the dense algorithms; null where none was timed.
  const AllreduceResult* fastest_dense() const;

  std::string table() const;
  nlohmann::json json() const;
  std::string machine_file() const;  // YAML; only where there is a link
};

}  // namespace laconic
