#include "apps/laconic/learn/clients/phases.hpp"

#include <algorithm>
#include <cmath>

namespace laconic {

void UntilOptions::describe(config::Fields& f) {
  f.integer("rounds", rounds,
            {.min = 0,
             .max = config::most_steps,
             .help = "the phase ends after this many; 0 = no such limit",
             .unit = "rounds"});
  f.real("share", share,
         {.min = 0,
          .max = 1,
          .help = "the phase ends after this share of method.rounds; 0 = no such limit"});
  f.real("plateau", plateau,
         {.min = 0,
          .max = 1,
          .help = "the phase ends when the sampled loss has become less than this share smaller "
                  "over the last rounds; 0 = no such limit"});
  f.integer("over", over,
            {.min = 1, .max = 1 << 20, .help = "those last rounds", .unit = "rounds"});
}

namespace {

int64_t longest_memory(const std::vector<PhasePlan>& plan) {
  int64_t most = 1;
  for (const PhasePlan& phase : plan)
    if (phase.until.plateau > 0) most = std::max(most, phase.until.over + 1);
  return most;
}

}  // namespace

template <class T>
Phases<T>::Phases(Cohort<T>& cohort, std::vector<PhasePlan> plan, int64_t rounds)
    : cohort_(cohort),
      plan_(std::move(plan)),
      rounds_(rounds),
      start_(cohort.dimension()),
      losses_(longest_memory(plan_)) {
  // Each phase announces to the cohort what it needs.
  for (int64_t phase = std::ssize(plan_) - 1; phase >= 0; --phase) {
    enter(phase);
    largest_ = std::max(largest_, state_bytes());
  }
}

template <class T>
int64_t Phases<T>::state_bytes() const {
  StateList state;
  if (present_) present_->visit_state(state);
  int64_t bytes = 0;
  for (const StateEntry& entry : state.entries()) bytes += entry.bytes();
  return bytes;
}

template <class T>
void Phases<T>::enter(int64_t phase) {
  phase_ = phase;
  present_.reset();
  if (phase_ < std::ssize(plan_))
    plan_[phase_].kind->make(*plan_[phase_].options, cohort_, present_);
}

template <class T>
void Phases<T>::visit_state(StateList& state) {
  state.add("chain/start", start_);
  state.add("chain/losses", losses_);
  state.add_value("chain/round", round_);
  state.add_value("chain/phase_round", phase_round_);
  state.add_value("chain/client_bytes", cohort_.client_bytes());
  if (present_) present_->visit_state(state);
}

template <class T>
void Phases<T>::begin(std::span<const T> x, bool resumed) {
  start_.allocate();
  losses_.allocate();
  if (!resumed) std::ranges::copy(x, start_.span().begin());
  cohort_.begin();
  if (present_) present_->begin(x, resumed);
}

template <class T>
RoundReport Phases<T>::round(std::span<T> x) {
  cohort_.start_round(round_);
  const RoundReport report = present_->round(
      {.x = x, .start = start_, .round = phase_round_, .rounds = rounds_of_phase()});
  losses_.span()[phase_round_ % losses_.size()] = report.loss;
  if (report.selected >= 0) std::ranges::copy(x, start_.span().begin());
  ++round_;
  ++phase_round_;
  if (is_over()) {
    enter(phase_ + 1);
    phase_round_ = 0;
    cohort_.begin();
    if (present_) present_->begin(x, false);
  }
  return report;
}

template <class T>
int64_t Phases<T>::rounds_of_phase() const {
  const UntilOptions& until = plan_[phase_].until;
  int64_t most = rounds_ - (round_ - phase_round_);
  if (plan_[phase_].kind->takes_one_round) most = 1;
  if (until.rounds > 0) most = std::min(most, until.rounds);
  if (until.share > 0)
    most = std::min(most,
                    std::max<int64_t>(1, std::llround(until.share * static_cast<double>(rounds_))));
  return most;
}

template <class T>
bool Phases<T>::is_over() const {
  return phase_round_ >= rounds_of_phase() || has_plateau();
}

// After a round: compares the losses at its beginning and `over` rounds before.
template <class T>
bool Phases<T>::has_plateau() const {
  const UntilOptions& until = plan_[phase_].until;
  if (until.plateau == 0 || phase_round_ <= until.over) return false;
  const auto loss_of = [&](int64_t round) { return losses_.span()[round % losses_.size()]; };
  const double before = loss_of(phase_round_ - 1 - until.over), now = loss_of(phase_round_ - 1);
  return before - now < until.plateau * std::abs(before);
}

template class Phases<float>;
template class Phases<double>;

}  // namespace laconic
