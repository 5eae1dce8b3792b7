// Decides when the state of a run is saved, and saves it. Training continues while a checkpoint is
// written. All ranks pass from each stage of a checkpoint to the next together.
//
// A checkpoint may fail, for example on a full disk. Training then continues, since the next one
// may find room. The third failure in a row ends the run.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/laconic/run/learner.hpp"
#include "apps/laconic/run/session.hpp"
#include "framework/base/guarded_files.hpp"
#include "framework/checkpoint/interval.hpp"
#include "framework/checkpoint/writer.hpp"

namespace laconic {

class Checkpoints {
 public:
  // Return the content of a checkpoint. They are called when one begins; both are collective.
  struct Content {
    std::function<StateList()> state;
    std::function<nlohmann::json()> attributes;
  };
  // Lifetime: `session` and `timer` must outlive this object.
  Checkpoints(Session& session, PhaseTimer& timer, Content content);

  // Reads the newest usable checkpoint, and returns its attributes. Calls `prepare` with them
  // first, then reads the entries of `state`. `data` describes the data of the run (Facts::data).
  // Collective; errors are agreed on.
  static nlohmann::json read(Session& session, const nlohmann::json& data,
                             const std::function<void(const nlohmann::json&)>& prepare,
                             const std::function<StateList()>& state);

  void start_clock();
  // Return this rank's votes: it is time to save; this rank still writes the last checkpoint.
  bool is_time() const;
  bool is_writing() const { return !writer_.ready(); }

  // Returns whether a checkpoint is due after this unit, by count or because a rank voted for it.
  bool is_due(const Votes& votes, int64_t step, const Period& period) const;
  // Begins a checkpoint of this step, unless it exists. Completes the one before it first.
  void begin(int64_t step);
  // Goes on to the next stage if no rank is writing any more.
  void advance(const Votes& votes);
  void save(int64_t step);  // begins and completes a checkpoint of this step
  void complete();          // completes the checkpoint in progress, if any

  double longest_s() const { return longest_s_; }  // from the decision to stop to the end of saving

 private:
  void start(int64_t step);
  void next_stage();
  void in_the_folder(const std::function<void()>& part_of_checkpoint);
  void tolerate(const std::function<void()>& part_of_checkpoint);

  Session& session_;
  PhaseTimer& timer_;
  const Phase phase_;
  const Content content_;
  const CheckpointOptions& options_;
  GuardedFiles files_;
  CheckpointWriter writer_;
  CheckpointClock clock_;
  int64_t step_ = -1;    // step of the last checkpoint that was begun
  int64_t written_ = 0;  // checkpoints written by this process
  int failed_ = 0;       // failures in a row
  double longest_s_ = 0;
};

}  // namespace laconic
