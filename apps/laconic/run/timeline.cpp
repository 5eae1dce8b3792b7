#include "apps/laconic/run/timeline.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "apps/laconic/run/agreement.hpp"

namespace laconic {

Timeline::Timeline(Session& session, PhaseTimer& timer, int64_t events_per_unit)
    : session_(session), timer_(timer) {
  const ObserveOptions& observe = session.config().get<ObserveOptions>();
  const int rank = session.exchange().rank();
  const auto& ranks = observe.trace_ranks;
  if (observe.trace_steps == 0) return;
  if (!ranks.empty() && std::ranges::find(ranks, rank) == ranks.end()) return;
  trace_ = std::make_unique<Trace>(rank, observe.trace_first, last_step(),
                                   events_per_unit * observe.trace_steps);
  trace_->add_thread("compute");
  const int thread = trace_->add_thread("exchange");
  timer_.record_into(trace_.get());
  session.exchange().on_sum([this, thread](int64_t bucket, int64_t start_ns, int64_t end_ns) {
    trace_->record("exchange", thread, start_ns, end_ns, "bucket", bucket);
  });
}

Timeline::~Timeline() {
  session_.exchange().on_sum(nullptr);
  timer_.record_into(nullptr);
}

int64_t Timeline::last_step() const {
  const ObserveOptions& observe = session_.config().get<ObserveOptions>();
  return observe.trace_first + observe.trace_steps;
}

void Timeline::start(int64_t step) {
  pending_ = session_.config().get<ObserveOptions>().trace_steps > 0 && step < last_step();
}

void Timeline::begin(int64_t step) {
  if (step >= last_step()) finish();
  if (trace_) trace_->set_step(step);
}

void Timeline::end(int64_t start_ns) {
  if (trace_) trace_->record("step", 0, start_ns, steady_ns());
}

void Timeline::finish() {
  if (!pending_) return;
  pending_ = false;
  if (trace_) trace_->set_step(-1);
  std::vector<std::string> events =
      session_.exchange().gather(trace_ ? trace_->events() : std::string());
  const int64_t dropped = trace_ ? trace_->dropped() : 0;
  if (dropped > 0)
    spdlog::warn("trace.json: {} events of rank {} did not fit", dropped,
                 session_.exchange().rank());
  std::erase(events, "");
  together(session_.exchange(), [&] {
    if (session_.is_root())
      write_atomically(real_files(), session_.folder().path() + "/trace.json", trace_file(events));
  });
}

}  // namespace laconic
