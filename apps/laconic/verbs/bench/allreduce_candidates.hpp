// What bench allreduce times: one object an algorithm and a rank, which takes a step with a
// gradient as training does, on a communicator of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "comm/sparse/options.hpp"
#include "comm/transports.hpp"
#include "framework/base/context.hpp"

namespace laconic {

// Seconds of one phase of a step on this rank: by the clock, and of those at work on a processor.
struct PhaseTime {
  double seconds = 0;
  double cpu = 0;
};

// One step on one rank. Ranks meet in front of it, and again between `select` and `sum`, so `sum`
// is the collective alone; the wait there belongs to the step.
struct StepTime {
  PhaseTime select;  // sparse: of residual + gradient
  PhaseTime sum;     // dense: all there is
  PhaseTime agree;   // sparse: that all ranks are finite
  PhaseTime commit;  // sparse: residual' and the sum as a vector
  double step_seconds = 0;
  comm::Traffic traffic;  // of `sum`; zero where it is not counted
};

class AllreduceCandidate {
 public:
  explicit AllreduceCandidate(std::string name, std::unique_ptr<comm::Communicator> communicator)
      : communicator_(std::move(communicator)), name_(std::move(name)) {}
  virtual ~AllreduceCandidate() = default;
  const std::string& name() const { return name_; }
  virtual bool is_sparse() const = 0;
  virtual bool counts_bytes() const = 0;
  // Collective. Replaces `gradient` by the sum over the ranks, or by what the method makes of it.
  virtual StepTime step(std::span<float> gradient) = 0;

 protected:
  std::unique_ptr<comm::Communicator> communicator_;

 private:
  std::string name_;
};

struct CandidateSettings {
  Context context;
  int64_t n = 0;
  int64_t k = 0;
  comm::SparseOptions sparse;
};

// All names: those of comm/list.hpp but ref, and Open MPI's algorithms.
std::vector<std::string> candidate_names();
// Collective. Null where the MPI library does not have this algorithm. Error(config) where there is
// none of this name.
std::unique_ptr<AllreduceCandidate> make_candidate(const std::string& name, comm::MpiWorld& mpi,
                                                   const CandidateSettings& settings);

}  // namespace laconic
