#include "apps/laconic/run/period_time.hpp"

#include <algorithm>
#include <vector>

#include "framework/observe/trace.hpp"

namespace laconic {
namespace {

constexpr int warm_up = 3;           // units: kernels are made, caches fill, batches come ahead
constexpr double least_s = 2;        // of timed units
constexpr int64_t least_units = 10;  // fewer if the period is over
constexpr double most_s = 20;

}  // namespace

PeriodTime measure_period(Learner& learner, comm::Exchange& exchange) {
  learner.begin(false);
  const auto unit = [&] {
    Votes votes;
    learner.advance(votes);
    if (!votes.are_summed()) votes.agree(exchange);
  };
  for (int i = 0; i < warm_up && !learner.done(); ++i) unit();
  PeriodTime time;
  std::vector<double> seconds;  // of the units
  const double start_s = steady_seconds(), start = learner.period().progress;
  for (double last_s = start_s; !learner.done() && last_s - start_s < most_s &&
                                (last_s - start_s < least_s || time.units < least_units);
       ++time.units) {
    unit();
    seconds.push_back(steady_seconds() - last_s);
    last_s += seconds.back();
  }
  if (const double periods = learner.period().progress - start; periods > 0) {
    // The median: other processes disturb some units.
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::ranges::nth_element(seconds, middle);
    time.period_s = *middle * static_cast<double>(time.units) / periods;
  }
  const double evaluation_s = steady_seconds();
  learner.evaluate();
  time.evaluate_s = steady_seconds() - evaluation_s;
  return time;
}

}  // namespace laconic
