// Steps of error-feedback training without a network: every rank's residual, the sum, the check of
// all ranks' results together, the commit.
#pragma once

#include <array>
#include <barrier>
#include <functional>

#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/sparse.hpp"
#include "comm/tags.hpp"
#include "tests/comm/group.hpp"
#include "tests/comm/sparse/data.hpp"
#include "tests/comm/sparse/oracle.hpp"

namespace laconic::comm::test {

struct SparseCase {
  std::string algorithm = "oktopk";
  SparseOptions options;
  int ranks = 4;
  int64_t n = 1000;
  int64_t k = 10;
  std::string data = "uniform";
  int64_t steps = 20;
  bool distinct = false;
  friend void PrintTo(const SparseCase& c, std::ostream* out) {
    *out << fmt::format("{} {} {} {} P={} n={} k={} {} steps={}", c.algorithm, c.options.mode,
                        c.options.index_codec, c.options.value_type, c.ranks, c.n, c.k, c.data,
                        c.steps);
  }
};

using MakeRank = std::function<std::unique_ptr<SparseAllreduce>(int ranks)>;
using TagTraffic = std::array<Traffic, tag_places>;  // of one rank and step
using CheckStep = std::function<std::string(int64_t step, const Vectors& accumulators,
                                            const std::vector<SparseSum>& sums,
                                            const std::vector<TagTraffic>& traffic)>;

// Runs the steps on threads; check() sees each of them whole. The first problem ends the run.
inline std::string train(const SparseCase& c, const MakeRank& make, const CheckStep& check,
                         Communicators group = {}) {
  if (group.empty()) group = make_thread_group(c.ranks);
  std::vector<std::vector<float>> residuals(c.ranks, std::vector<float>(c.n));
  Vectors accumulators(c.ranks, std::vector<float>(c.n));
  std::vector<SparseSum> sums(c.ranks);
  std::vector<TagTraffic> traffic(c.ranks);
  std::string problem;
  int64_t step = 0;
  std::barrier together(c.ranks, [&]() noexcept {
    if (problem.empty()) problem = check(step, accumulators, sums, traffic);
    if (!problem.empty()) problem = fmt::format("step {}: {}", step, problem);
    ++step;
  });
  const std::vector<std::string> errors =
      run_ranks(std::move(group), [&](Communicator& communicator) {
        const int rank = communicator.rank();
        const std::unique_ptr<SparseAllreduce> allreduce = make(c.ranks);
        std::vector<float> gradient(c.n);
        TagTraffic before;
        for (int64_t mine = 0; mine < c.steps; ++mine) {
          fill(c.data, rank, c.ranks, mine, gradient, c.distinct);
          for (int64_t i = 0; i < c.n; ++i)
            accumulators[rank][i] = residuals[rank][i] + gradient[i];
          for (int tag = 0; tag < tag_places; ++tag) before[tag] = communicator.traffic(tag);
          allreduce->sum(communicator, {residuals[rank], gradient, 1}, c.k, sums[rank]);
          for (int tag = 0; tag < tag_places; ++tag)
            traffic[rank][tag] = communicator.traffic(tag) - before[tag];
          together.arrive_and_wait();
          if (!problem.empty()) return;
          residuals[rank] = next_residual(accumulators[rank], sums[rank]);
        }
      });
  for (const std::string& error : errors)
    if (!error.empty()) return error;
  return problem;
}

inline Context test_context() {
  Context context;
  context.isa = detect_isa();
  return context;
}

inline std::string train(const SparseCase& c) {
  const Promise promise = promise_of(c.algorithm, c.options);
  const PairFormat format{c.options.codec(), c.options.type()};
  return train(
      c,
      [&](int ranks) {
        return find_allreduce(c.algorithm)
            .make_sparse(test_context(), c.options, LinkOptions{30e-6, 1.25e9}, ranks);
      },
      [&](int64_t, const Vectors& accumulators, const std::vector<SparseSum>& sums,
          const std::vector<TagTraffic>&) {
        return problems(promise, format, accumulators, c.k, sums);
      });
}

}  // namespace laconic::comm::test
