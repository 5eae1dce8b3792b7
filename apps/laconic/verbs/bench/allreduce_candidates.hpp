// The candidates of bench allreduce: one object per algorithm and rank. Each makes steps like
// training, with a given gradient and on its own communicator.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/laconic/verbs/bench/sparse_keys.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/context.hpp"

namespace laconic {

// The seconds of one phase of a step on this rank: elapsed time, and processor time.
struct PhaseTime {
  double seconds = 0;
  double cpu = 0;
};

// The times of one step on one rank. Ranks synchronise before it, and between `select` and `sum`.
// So
// `sum` is the collective alone. The wait before `sum` is part of the step.
struct StepTime {
  PhaseTime select;  // sparse: selection from residual + gradient
  PhaseTime sum;     // dense: the whole step
  PhaseTime agree;   // sparse: agreement that values of all ranks are finite
  PhaseTime commit;  // sparse: residual' and the sum as a vector
  double step_seconds = 0;
  comm::Traffic traffic;  // during `sum`; zero if it is not counted
};

class AllreduceCandidate {
 public:
  explicit AllreduceCandidate(std::string name, std::unique_ptr<comm::Communicator> communicator)
      : communicator_(std::move(communicator)), name_(std::move(name)) {}
  virtual ~AllreduceCandidate() = default;
  const std::string& name() const { return name_; }
  virtual bool is_sparse() const = 0;
  virtual bool counts_bytes() const = 0;
  // Replaces `gradient` by the sum over the ranks, or by the result of a sparse sum. Collective.
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
  SparseKeys keys;
};

// Returns all names: those of comm/exchange/list.hpp except ref, and Open MPI's algorithms.
std::vector<std::string> candidate_names();
// Makes a candidate. Collective. Returns null if the MPI library does not have this algorithm.
// Error(config) if there is no candidate of this name.
std::unique_ptr<AllreduceCandidate> make_candidate(const std::string& name, comm::MpiWorld& mpi,
                                                   const CandidateSettings& settings);

}  // namespace laconic
