// A phase of a chain: a method that works on clients round by round. It starts afresh where the
// phase before it ended; parameters are carried over, nothing else.
#pragma once

#include "apps/laconic/learn/clients/cohort.hpp"
#include "framework/config/variant.hpp"
#include "framework/device/state.hpp"
#include "framework/optim/schedule.hpp"

namespace laconic {

// One round of a phase.
template <class T>
struct Turn {
  std::span<T> x;            // the parameters, equal on all ranks; the round moves them
  std::span<const T> start;  // those of the chain's start, or of what was selected last
  int64_t round = 0;         // from 0 in this phase
  int64_t rounds = 1;        // of this phase, as far as it is known
};

struct RoundReport {
  double loss = 0;    // the mean of the clients' sampled losses where the round began
  double lr = 0;      // 0: there is none
  int selected = -1;  // 1: the parameters stay; 0: back to the start; -1: nothing was selected
};

template <class T>
class ChainPhase {
 public:
  virtual ~ChainPhase() = default;
  // Lists its state; that of clients is keyed, and only those that this rank hosts have one.
  virtual void visit_state(StateList& /*state*/) {}
  // Allocates. A phase that was not read from a checkpoint starts at x.
  virtual void begin(std::span<const T> /*x*/, bool /*resumed*/) {}
  // Does a round. Collective. Allocates nothing in steady state.
  virtual RoundReport round(const Turn<T>& turn) = 0;
};

// An entry of the list of phases (methods/chain.cpp).
struct ChainPhaseKind {
  const char* name;
  const char* help;
  config::MakeOptions make_options;
  // Lifetime: options and cohort must outlive the phase. Null: there is no such phase.
  std::unique_ptr<ChainPhase<float>> (*make_float)(const config::Options&, Cohort<float>&);
  std::unique_ptr<ChainPhase<double>> (*make_double)(const config::Options&, Cohort<double>&);
  bool takes_one_round = false;
  std::vector<std::string> also_called = {};

  void make(const config::Options& o, Cohort<float>& c,
            std::unique_ptr<ChainPhase<float>>& p) const {
    p = make_float(o, c);
  }
  void make(const config::Options& o, Cohort<double>& c,
            std::unique_ptr<ChainPhase<double>>& p) const {
    p = make_double(o, c);
  }
};

// Makes a phase of type P, which takes its Options; a ChainPhaseKind's make_float or make_double.
template <class P, class T>
std::unique_ptr<ChainPhase<T>> make_phase(const config::Options& options, Cohort<T>& cohort) {
  return std::make_unique<P>(dynamic_cast<const typename P::Options&>(options), cohort);
}

// The step size of a phase, with multistage decay.
struct RateOptions : config::Options {
  double lr = 0.1;
  double first_stage = 0;
  void describe(config::Fields& f) override {
    f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "step size"})
        .also_called({"client_lr"});
    f.real("first_stage", first_stage,
           {.min = 0,
            .max = 1,
            .help = "length of the first stage, relative to the rounds of the phase; each stage is "
                    "twice as long as the one before and has half its lr; 0 = lr is constant"});
  }
  template <class T>
  double rate(const Turn<T>& turn) const {
    if (first_stage == 0) return lr;
    optim::ScheduleOptions stages{.kind = optim::Curve::stages, .first_stage = first_stage};
    return lr * optim::schedule(stages, turn.round, 1, turn.rounds);
  }
};

// A vector for each client that this rank hosts: "client/17/control".
template <class T>
class ClientVectors {
 public:
  ClientVectors(const char* name, const Cohort<T>& cohort) : name_(name) {
    for (int64_t i = 0; i < cohort.clients(); ++i)
      vectors_.emplace_back(cohort.hosts(i) ? cohort.dimension() : 0);
  }
  void visit_state(StateList& state) {
    for (size_t i = 0; i < vectors_.size(); ++i)
      if (vectors_[i].size() > 0)
        state.add_keyed("client", static_cast<int64_t>(i), name_, vectors_[i]);
  }
  void allocate() {
    for (device::Buffer<T>& vector : vectors_) vector.allocate();
  }
  std::span<T> operator[](int64_t client) { return vectors_[client]; }

 private:
  const char* name_;
  std::vector<device::Buffer<T>> vectors_;
};

}  // namespace laconic
