// The base of methods whose logical workers send messages only when they have fresh ones. It holds
// the workers, the sum of their last messages, and their part of state, evaluation, figures and
// facts. Who sends, and what, is the method.
#pragma once

#include "apps/laconic/learn/epoch_learner.hpp"
#include "apps/laconic/learn/lazy_worker.hpp"
#include "apps/laconic/learn/site_sums.hpp"
#include "comm/gradient/top_k_memory.hpp"

namespace laconic {

class LazyLearner : public EpochLearner {
 public:
  void prepare(const nlohmann::json& attributes) override;
  nlohmann::json attributes() const override;
  void visit_state(StateList& state) override;
  void begin(bool resumed) override;
  void before_checkpoint() override { renew_evaluated_state(); }
  Facts facts() const override;

 protected:
  struct Settings {
    int64_t workers = 0;      // 0: the number of ranks at the start
    double density = 1;       // of the messages
    bool by_tensor = true;    // each tensor has its own largest elements
    bool has_server = false;  // see LazySum
    comm::PairFormat format = {};
  };
  LazyLearner(const Environment& environment, const Settings& settings);

  // Returns the sum of the last messages of all workers, on all ranks. Error(diverged) on all if a
  // worker has failed. Collective.
  const ops::SparseVector& sum_messages();
  // Sums over the workers what they measured and sent, and the votes; sets the figures. Collective.
  void record(Votes& votes, double lr, double norm);

  std::vector<std::unique_ptr<LazyWorker>> workers_;  // of this rank; none with Use::evaluate
  std::optional<comm::LazySum> sum_;
  std::optional<comm::TopKMemory> top_k_;
  device::Buffer<float> stale_gradients_;  // of a worker, at the parameters of its last upload

 private:
  void employ(int64_t workers);
  // The mean over the workers, or that of worker 0, as the rules say. Then train.recalibrate, with
  // batches of worker 0.
  void renew_evaluated_state() override;

  const Settings settings_;
  const Phase exposed_;
  std::optional<SiteSums> sums_;
  struct Totals {
    double uploads = 0, message_bytes = 0, downlink_bytes = 0;
  } totals_;  // since the start of the run
  size_t first_figure_ = 0;
};

}  // namespace laconic
