// A chain of phases: which one has the next round, and when it ends.
//
// Ownership: owns the present phase and the list of phases; the parameters belong to the caller.
#pragma once

#include <nlohmann/json.hpp>

#include "apps/laconic/learn/clients/phase.hpp"

namespace laconic {

// When a phase ends: whichever comes first. Without any, when the run ends.
struct UntilOptions : config::Options {
  int64_t rounds = 0, over = 5;
  double share = 0, plateau = 0;
  void describe(config::Fields& f) override;
  bool is_set() const { return rounds > 0 || share > 0 || plateau > 0; }
};

struct PhasePlan {
  const ChainPhaseKind* kind;
  const config::Options* options;
  UntilOptions until = {};
};

// What a method on clients decides.
struct ChainSettings {
  std::vector<PhasePlan> plan;
  int64_t rounds = 1;
  int64_t clients_per_round = 0;  // 0: all
  bool probe = false;             // evaluations measure zeta2
};

template <class T>
class Phases {
 public:
  // Lifetime: cohort and the plan's pointers must outlive this object.
  Phases(Cohort<T>& cohort, std::vector<PhasePlan> plan, int64_t rounds);

  // The present phase decides which state there is.
  void prepare(const nlohmann::json& attributes) { enter(attributes.at("phase")); }
  nlohmann::json attributes() const { return {{"phase", phase_}}; }
  void visit_state(StateList& state);
  void begin(std::span<const T> x, bool resumed);

  RoundReport round(std::span<T> x);
  int64_t rounds_done() const { return round_; }
  int64_t phase() const { return phase_; }  // from 0
  // Returns how many bytes of state the largest phase has more than the present one.
  int64_t growth() const { return largest_ - state_bytes(); }
  bool done() const { return round_ >= rounds_ || phase_ >= std::ssize(plan_); }

 private:
  void enter(int64_t phase);
  int64_t state_bytes() const;      // of the present phase
  int64_t rounds_of_phase() const;  // at most
  bool is_over() const;
  bool has_plateau() const;

  Cohort<T>& cohort_;
  const std::vector<PhasePlan> plan_;
  const int64_t rounds_;
  std::unique_ptr<ChainPhase<T>> present_;  // null at the end of the chain
  device::Buffer<T> start_;
  device::Buffer<double> losses_;  // of the last rounds of the phase, round r at r mod size
  int64_t largest_ = 0;            // state of a phase, in bytes
  int64_t phase_ = 0, round_ = 0, phase_round_ = 0;
};

}  // namespace laconic
