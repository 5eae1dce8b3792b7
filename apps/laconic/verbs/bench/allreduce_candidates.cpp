#include "apps/laconic/verbs/bench/allreduce_candidates.hpp"

#include <ctime>

#include "comm/base/collectives.hpp"
#include "comm/gradient/feedback.hpp"
#include "comm/sparse/options.hpp"
#include "framework/observe/trace.hpp"

namespace laconic {
namespace {

double thread_cpu_seconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class F>
PhaseTime phase(F&& f) {
  const int64_t start = steady_ns();
  const double cpu = thread_cpu_seconds();
  f();
  return {1e-9 * static_cast<double>(steady_ns() - start), thread_cpu_seconds() - cpu};
}

// The link for methods that choose by it; the results hardly depend on it.
constexpr comm::Link usual_link{30e-6, 1.25e9};

void meet(comm::Communicator& communicator, comm::Scratch& scratch) {
  int64_t nothing = 0;
  comm::max(communicator, std::span(&nothing, 1), scratch);
}

class DenseCandidate : public AllreduceCandidate {
 public:
  DenseCandidate(std::string name, std::unique_ptr<comm::Communicator> communicator,
                 const comm::AllreduceEntry& entry)
      : AllreduceCandidate(std::move(name), std::move(communicator)),
        entry_(entry),
        allreduce_(entry.make(usual_link)) {}

  bool is_sparse() const override { return false; }
  bool counts_bytes() const override { return entry_.counted; }

  StepTime step(std::span<float> gradient) override {
    StepTime time;
    meet(*communicator_, scratch_);
    const comm::Traffic before = communicator_->traffic();
    time.sum = phase([&] { allreduce_->sum(*communicator_, gradient, 0); });
    time.traffic = communicator_->traffic() - before;
    time.step_seconds = time.sum.seconds;
    return time;
  }

 private:
  const comm::AllreduceEntry& entry_;
  std::unique_ptr<comm::Allreduce> allreduce_;
  comm::Scratch scratch_;
};

// Makes the same calls as comm::GradientSum, for a gradient in one bucket.
class SparseCandidate : public AllreduceCandidate {
 public:
  SparseCandidate(const CandidateSettings& settings,
                  std::unique_ptr<comm::Communicator> communicator,
                  const comm::AllreduceChoice& allreduce)
      : AllreduceCandidate(allreduce.name(), std::move(communicator)),
        k_(settings.k),
        feedback_(settings.context, settings.n, 0, true),
        sparse_(allreduce.as<comm::SparseOptions>().make(settings.context, usual_link,
                                                         communicator_->size())) {
    feedback_.allocate();
  }

  bool is_sparse() const override { return true; }
  bool counts_bytes() const override { return true; }

  StepTime step(std::span<float> gradient) override {
    StepTime time;
    meet(*communicator_, scratch_);
    const int64_t start = steady_ns();
    result_.clear();
    time.select = phase([&] {
      result_.finite =
          sparse_
              ->select(feedback_.accumulator(0, gradient, 1), k_, communicator_->size(), selected_)
              .finite;
    });
    meet(*communicator_, scratch_);
    const comm::Traffic before = communicator_->traffic();
    time.sum = phase(
        [&] { sparse_->sum_pairs(*communicator_, selected_, std::ssize(gradient), k_, result_); });
    time.traffic = communicator_->traffic() - before;
    time.agree = phase([&] {
      double broken = result_.finite ? 0 : 1;
      comm::sum(*communicator_, std::span(&broken, 1), scratch_);
    });
    time.commit = phase([&] { feedback_.commit(0, gradient, 1, result_); });
    time.step_seconds = 1e-9 * static_cast<double>(steady_ns() - start);
    return time;
  }

 private:
  const int64_t k_;
  comm::ErrorFeedback feedback_;
  std::unique_ptr<comm::SparseAllreduce> sparse_;
  ops::SparseVector selected_;
  comm::SparseSum result_;
  comm::Scratch scratch_;
};

// Those algorithms of Open MPI's allreduce that are made for long vectors.
struct VendorAlgorithm {
  const char* name;
  int number;  // coll_tuned_allreduce_algorithm
};
constexpr VendorAlgorithm vendor_algorithms[] = {{"openmpi_recursive_doubling", 3},
                                                 {"openmpi_ring", 4},
                                                 {"openmpi_segmented_ring", 5},
                                                 {"openmpi_rabenseifner", 6}};

}  // namespace

std::vector<std::string> candidate_names() {
  std::vector<std::string> names;
  for (const comm::AllreduceEntry& entry : comm::allreduce_list()) {
    if (entry.name == std::string("ref")) continue;
    names.emplace_back(entry.name);
    if (entry.name != std::string("vendor")) continue;
    for (const VendorAlgorithm& algorithm : vendor_algorithms) names.emplace_back(algorithm.name);
  }
  return names;
}

std::unique_ptr<AllreduceCandidate> make_candidate(const std::string& name, comm::MpiWorld& mpi,
                                                   const CandidateSettings& settings) {
  for (const VendorAlgorithm& algorithm : vendor_algorithms) {
    if (name != algorithm.name) continue;
    if (!mpi.choose_vendor_sum(algorithm.number)) return nullptr;
    auto candidate =
        std::make_unique<DenseCandidate>(name, mpi.world(), comm::find_allreduce("vendor"));
    mpi.choose_vendor_sum(0);
    return candidate;
  }
  const comm::AllreduceChoice allreduce = settings.keys.choose(name);
  if (allreduce.entry().is_sparse())
    return std::make_unique<SparseCandidate>(settings, mpi.world(), allreduce);
  return std::make_unique<DenseCandidate>(name, mpi.world(), allreduce.entry());
}

}  // namespace laconic
