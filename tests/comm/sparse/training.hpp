// Steps of error-feedback training without a network: every rank's residual, the sum, the check of
// all ranks' results together, the commit.
#pragma once

#include <barrier>
#include <functional>

#include "comm/sparse/oktopk.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "tests/comm/group.hpp"
#include "tests/comm/sparse/data.hpp"
#include "tests/comm/sparse/oracle.hpp"

namespace laconic::comm::test {

using Mode = OkTopkOptions::Mode;

struct SparseCase {
  std::string algorithm = "oktopk";
  OkTopkOptions options = {};  // of another algorithm those that it has, too
  int ranks = 4;
  int64_t n = 1000;
  int64_t k = 10;
  std::string data = "uniform";
  int64_t steps = 20;
  bool distinct = false;
  friend void PrintTo(const SparseCase& c, std::ostream* out) {
    *out << fmt::format("{} mode {} codec {} type {} P={} n={} k={} {} steps={}", c.algorithm,
                        static_cast<int>(c.options.mode), static_cast<int>(c.options.format.codec),
                        static_cast<int>(c.options.format.type), c.ranks, c.n, c.k, c.data,
                        c.steps);
  }
};

using MakeRank = std::function<std::unique_ptr<SparseAllreduce>(int ranks)>;
using CheckStep =
    std::function<std::string(int64_t step, const std::vector<RankStep>& of_all_ranks)>;

// One rank's side of the training.
class TrainingRank {
 public:
  TrainingRank(const SparseCase& c, int rank, std::unique_ptr<SparseAllreduce> allreduce)
      : case_(c),
        rank_(rank),
        allreduce_(std::move(allreduce)),
        oktopk_(dynamic_cast<OkTopk*>(allreduce_.get())),
        residual_(c.n),
        gradient_(c.n) {}

  void step(Communicator& communicator, RankStep& step) {
    fill(case_.data, rank_, case_.ranks, steps_++, gradient_, case_.distinct);
    add(residual_, gradient_, step.accumulator);
    step.traffic = communicator.traffic_by_tag();
    allreduce_->sum(communicator, {residual_, gradient_, 1}, case_.k, step.sum);
    step.traffic = communicator.traffic_by_tag() - step.traffic;
    if (oktopk_ == nullptr) return;
    step.regions.assign(oktopk_->regions().bounds().begin(), oktopk_->regions().bounds().end());
    step.local_threshold = oktopk_->local_threshold();
    step.global_threshold = oktopk_->global_threshold();
  }
  void commit(const RankStep& step) { residual_ = next_residual(step.accumulator, step.sum); }

  static void add(const std::vector<float>& residual, const std::vector<float>& gradient,
                  std::vector<float>& accumulator) {
    accumulator.resize(gradient.size());
    for (size_t i = 0; i < gradient.size(); ++i) accumulator[i] = residual[i] + gradient[i];
  }

 private:
  const SparseCase case_;
  const int rank_;
  const std::unique_ptr<SparseAllreduce> allreduce_;
  OkTopk* const oktopk_;  // null where it is another
  std::vector<float> residual_, gradient_;
  int64_t steps_ = 0;
};

// Runs the steps on threads; check() sees each of them whole. The first problem ends the run.
inline std::string train(const SparseCase& c, const MakeRank& make, const CheckStep& check,
                         Communicators group = {}) {
  if (group.empty()) group = make_thread_group(c.ranks);
  std::vector<RankStep> steps(c.ranks);
  std::string problem;
  int64_t step = 0;
  std::barrier together(c.ranks, [&]() noexcept {
    if (problem.empty()) problem = check(step, steps);
    if (!problem.empty()) problem = fmt::format("step {}: {}", step, problem);
    ++step;
  });
  const std::vector<std::string> errors =
      run_ranks(std::move(group), [&](Communicator& communicator) {
        RankStep& mine = steps[communicator.rank()];
        TrainingRank rank(c, communicator.rank(), make(c.ranks));
        for (int64_t i = 0; i < c.steps; ++i) {
          rank.step(communicator, mine);
          together.arrive_and_wait();
          if (!problem.empty()) return;
          rank.commit(mine);
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

inline std::unique_ptr<SparseAllreduce> make_rank(const SparseCase& c) {
  AllreduceChoice choice(c.algorithm, allreduce_list());
  auto& options = choice.as<SparseOptions>();
  options.format = c.options.format;
  if (auto* oktopk = dynamic_cast<OkTopkOptions*>(&options)) *oktopk = c.options;
  return options.make(test_context(), Link{30e-6, 1.25e9}, c.ranks);
}

inline std::string train(const SparseCase& c) {
  const Promise promise = promise_of(c.algorithm, c.options);
  return train(
      c, [&](int) { return make_rank(c); },
      [&](int64_t, const std::vector<RankStep>& steps) {
        return problems(promise, c.options.format, steps, c.k);
      });
}

}  // namespace laconic::comm::test
