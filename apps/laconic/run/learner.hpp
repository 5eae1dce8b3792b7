// The interface between a method and the loop of a run: state, units of work, figures. A learner
// does not use logs, the run folder or signals.
//
// A unit is the shortest piece of work after which a checkpoint may follow: a step, a local step,
// or some iterations of an episode. It takes a second at most. train.evaluate_every and
// checkpoint.every_epochs count periods: epochs, rounds, decades.
//
// Order of calls in a run:
//   prepare()                only if there is a checkpoint
//   visit_state()            then the caller reads this state from the checkpoint
//   begin()
//   advance()                until done(), with evaluate() between units
// Order of calls outside of a run (eval, predict):
//   prepare()
//   visit_best()             then the caller reads this state from the checkpoint
//   evaluate() or predict()
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/run/votes.hpp"
#include "comm/exchange/exchange.hpp"
#include "framework/base/context.hpp"
#include "framework/device/state.hpp"
#include "framework/observe/figures.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

struct Period {
  const char* name = "epoch";
  int64_t number = 0;   // periods that have ended
  bool ended = false;   // the last unit ended one
  double progress = 0;  // in periods, with the done part of the current one
  double total = 0;     // 0: not known
};

// Bytes of memory that a run needs for one thing: "activations".
struct MemoryPart {
  std::string name;
  int64_t root = 0;    // at rank 0
  int64_t others = 0;  // at every other rank
};

// The part of the preparation that rank 0 does alone, as `plan` measured it.
struct RootStage {
  int64_t peak_before = 0;  // resident bytes, at most, until then
  int64_t peak = 0;         // and within it; 0: there is no such stretch
  bool is_kept = false;     // the next run finds the result in a file
};

// The predicted cost of the exchange per period and rank.
struct PeriodCost {
  double bytes = 0;       // sent
  double exchange_s = 0;  // seconds, hidden behind other work or not
};

// The facts about a run that only its method knows, for `plan`, the log and result.json.
struct Facts {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  std::string problem = {};    // the name of the data or of the problem
  int64_t parameters = 0;      // 0: there are none
  int64_t dense_elements = 0;  // floats that a dense sum per round would carry; 0: no such sum
  bool predicts = false;       // predict() writes rows
  nlohmann::json data = nlohmann::json::object();      // of each part of the data its hash, as text
  nlohmann::json baselines = nlohmann::json::array();  // see docs/formats.md
  std::vector<std::string> notes = {}, warnings = {};  // for the log
  Lines lines = {};                                    // of `plan`: what, how much
  std::string table = {};                              // of `plan`, behind the lines
  std::vector<MemoryPart> memory = {};  // beside the data and what visit_state() declares
  RootStage root_stage = {};            // of `plan`
  PeriodCost period = {};               // of `plan`; zeros: nothing is sent, or not known
  int64_t events_per_unit = 16;         // of the trace, at most
};

class Learner {
 public:
  virtual ~Learner() = default;

  // Reads from a checkpoint's attributes what decides the lengths of the state.
  virtual void prepare(const nlohmann::json& /*attributes*/) {}
  // Returns the attributes that a checkpoint of this step stores beside the state. prepare() reads
  // them.
  virtual nlohmann::json attributes() const { return nlohmann::json::object(); }
  // Lists names, types, lengths and placements; memory may not exist yet.
  virtual void visit_state(StateList& state) = 0;
  // Allocates, starts threads, and makes the initial state unless one was read. Collective.
  virtual void begin(bool resumed) = 0;

  // Does one unit and fills figures(). Allocates nothing in steady state. Collective.
  virtual void advance(Votes& votes) = 0;
  virtual int64_t step() const = 0;            // the x axis; may grow by more than one per unit
  virtual int64_t steps() const { return 0; }  // at the end; 0: not known
  virtual bool done() const { return step() >= steps(); }
  virtual Period period() const = 0;
  virtual int64_t samples() const { return 0; }  // worked on so far, over all ranks

  // Fills scores(), equal on all ranks. Collective.
  virtual void evaluate() = 0;
  // Renews what a checkpoint has for others than this run, if it is older than the step. Collective.
  virtual void before_checkpoint() {}
  // Returns the score that decides which state is best if train.monitor names none; empty: no
  // score.
  virtual std::string default_monitor() const { return ""; }
  // Lists the part of the state that is copied at the best evaluation.
  virtual void visit_best(StateList& /*state*/) {}
  // Writes the predictions of the best state to `path`. Returns a text that describes the file.
  virtual std::string predict(const std::string& path);

  // Returns the facts. It may plan a network, so it is called once.
  virtual Facts facts() const = 0;

  const Figures& figures() const { return figures_; }  // of the last unit
  const Figures& scores() const { return scores_; }    // of the last evaluation

 protected:
  Figures figures_, scores_;  // declared in the constructor
};

// The objects that a learner uses.
struct Environment {
  enum class Use { train, evaluate, plan };
  const Config& config;
  const Context& context;
  comm::Exchange& exchange;
  PhaseTimer& timer;
  Use use = Use::train;
  int ranks = 1;  // of the run; `plan` asks for more than the exchange has
  // With Use::evaluate: the attributes of a checkpoint that works on other data; null: on its own.
  const nlohmann::json* trained = nullptr;
};

}  // namespace laconic
