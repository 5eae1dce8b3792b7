#include "apps/laconic/run/period_time.hpp"

#include "framework/observe/trace.hpp"

namespace laconic {
namespace {

constexpr int warm_up = 3;           // units: kernels are made, caches fill, batches come ahead
constexpr double least_s = 3;        // of timed units
constexpr int64_t least_units = 10;  // fewer if the period is over
constexpr double most_s = 20;

}  // namespace

PeriodTime measure_period(Learner& learner, comm::Exchange& exchange, Neighbours& neighbours) {
  learner.begin(false);
  const auto unit = [&] {
    Votes votes;
    learner.advance(votes);
    if (!votes.are_summed()) votes.agree(exchange);
  };
  for (int i = 0; i < warm_up && !learner.done(); ++i) unit();
  neighbours.wait_for_all();
  PeriodTime time;
  const double start_s = steady_seconds(), start = learner.period().progress;
  double elapsed_s = 0;
  while (!learner.done() && elapsed_s < most_s &&
         (elapsed_s < least_s || time.units < least_units)) {
    unit();
    ++time.units;
    elapsed_s = steady_seconds() - start_s;
  }
  const double periods = learner.period().progress - start;
  time.period_s = periods > 0 ? elapsed_s / periods : 0;
  neighbours.end();  // rank 0 evaluates alone
  const double evaluation_s = steady_seconds();
  learner.evaluate();
  time.evaluate_s = steady_seconds() - evaluation_s;
  return time;
}

}  // namespace laconic
