// The output of bench allreduce: a table for people, JSON for programs, a machine file for
// training.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "comm/base/link.hpp"

namespace laconic {

// The results of one algorithm: medians over the repetitions, for the slowest rank.
struct AllreduceResult {
  std::string name;
  bool is_sparse = false;
  bool counts_bytes = false;
  double sum_s = 0;   // the collective alone
  double step_s = 0;  // the collective and everything around it
  double select_s = 0, agree_s = 0, commit_s = 0;
  double select_cpu_s = 0, sum_cpu_s = 0, commit_cpu_s = 0;  // processor time, without waits
  double fastest_sum_s = 0, fastest_step_s = 0;              // the fastest repetition
  int64_t bytes_sent = 0, bytes_received = 0, messages_sent = 0;
};

struct AllreduceReport {
  int64_t n = 0;
  int64_t k = 0;
  int ranks = 1;
  std::string data, codec, values;
  std::vector<AllreduceResult> results;
  comm::Link link;  // fitted

  // Returns the bytes that a ring would send, divided by the time, also for sparse sums. It is the
  // bus bandwidth of nccl-tests.
  double effective_bytes_per_s(const AllreduceResult& result) const;
  // Returns the fastest dense algorithm; null if none was measured.
  const AllreduceResult* fastest_dense() const;

  std::string table() const;
  nlohmann::json json() const;
};

}  // namespace laconic
