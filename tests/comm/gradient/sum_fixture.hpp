// What the tests of the gradient sum share: options, gradients, and a sum on each of several ranks.
#pragma once

#include <random>
#include <vector>

#include "comm/gradient/sum.hpp"
#include "tests/comm/group.hpp"
#include "tests/comm/sparse/data.hpp"

namespace laconic::comm::test {

struct SumOptions {
  std::string allreduce = "oktopk";
  GradientOptions gradient;
};

inline SumOptions sparse(double density = 0.1) {
  SumOptions options;
  options.gradient.bucket_mb = 0.001;
  options.gradient.density.density = density;
  options.gradient.density.auto_dense = false;
  return options;
}

// Integer-valued gradients of a step.
inline std::vector<float> gradient(int rank, int64_t step, int64_t n) {
  std::mt19937 random(static_cast<unsigned>(1 + rank + 100 * step));
  std::vector<float> g(n);
  for (float& x : g) x = static_cast<float>(random() % 401) - 200;
  return g;
}

// Runs body(rank, sum) on `ranks` ranks.
template <class Body>
void on_ranks(int ranks, const SumOptions& options, const FeedbackSettings& feedback, int64_t n,
              Body body) {
  run_ranks_well(ranks, [&](Communicator& communicator) {
    const int rank = communicator.rank();
    // The exchange wants to own a communicator; a split of all is one.
    Exchange exchange(communicator.split(0, rank), exact_options(options.allreduce));
    Context context;
    context.isa = detect_isa();
    GradientSum sum(exchange, context, options.gradient, feedback, n);
    sum.allocate();
    body(rank, sum);
  });
}

inline std::vector<float> residual_of(GradientSum& sum) {
  StateList state;
  sum.visit_state(state);
  for (const StateEntry& entry : state.entries())
    if (entry.name == "exchange/residual") {
      const auto* values = reinterpret_cast<const float*>(entry.contents().data());
      return {values, values + entry.count};
    }
  return {};
}

}  // namespace laconic::comm::test
