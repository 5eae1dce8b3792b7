#include "apps/laconic/learn/lazy_learner.hpp"

#include <limits>

#include "apps/laconic/learn/network_state.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

std::vector<int64_t> regions(const graph::Graph& network, bool by_tensor) {
  if (!by_tensor) return {network.parameter_count};
  std::vector<int64_t> sizes;
  for (const graph::Parameter& parameter : network.parameters) sizes.push_back(parameter.size());
  return sizes;
}

}  // namespace

LazyLearner::LazyLearner(const Environment& environment, const Settings& settings)
    : EpochLearner(environment, environment.config.get<OptimizerOptions>().optimizer),
      stale_gradients_(parameters_.size()),
      settings_(settings),
      exposed_(timer_.declare("exchange_exposed", PhaseKind::wait)) {
  if (use_ == Environment::Use::evaluate) return;
  first_figure_ = figures_.size();
  figures_.declare({"uploads", "", Better::neither});
  figures_.declare({"upload_share", "", Better::neither});
  figures_.declare({"upload_bytes", "B", Better::neither});
  if (settings_.has_server) figures_.declare({"downlink_bytes", "B", Better::neither});
  together(exchange_, [&] { employ(settings_.workers > 0 ? settings_.workers : ranks_); });
}

void LazyLearner::employ(int64_t workers) {
  if (workers < ranks_)
    fail(ExitCode::config,
         "method.workers: value {}: fewer than the {} ranks; start {} of them, or set 0", workers,
         ranks_, workers);
  if (parameters_.size() > std::numeric_limits<int32_t>::max())
    fail(ExitCode::config,
         "model: {} parameters: messages have indices of 32 bits; allowed: fewer than 2^31, or "
         "method.kind: data_parallel",
         parameters_.size());
  host(workers);
  workers_.clear();
  for (int m = hosted_.rank; m < hosted_.sites; m += hosted_.ranks)
    workers_.push_back(std::make_unique<LazyWorker>(task_->network(), m));
  sum_.emplace(exchange_, hosted_, parameters_.size(), settings_.format, settings_.has_server);
  top_k_.emplace(context_, regions(task_->network(), settings_.by_tensor), settings_.density,
                 settings_.format);
  sums_.emplace(hosted_);
}

// A run goes on with as many workers, on as many ranks or fewer.
void LazyLearner::prepare(const nlohmann::json& attributes) {
  if (use_ == Environment::Use::evaluate) return;
  const int64_t workers = attributes.at("workers");
  if (workers < ranks_)
    fail(ExitCode::config, "the run has {} workers, fewer than the {} ranks; start {} of them",
         workers, ranks_, workers);
  employ(workers);
}

nlohmann::json LazyLearner::attributes() const {
  nlohmann::json all = EpochLearner::attributes();
  if (use_ != Environment::Use::evaluate) all["workers"] = hosted_.sites;
  return all;
}

void LazyLearner::visit_state(StateList& state) {
  visit_best(state);
  for (const auto& worker : workers_) worker->visit_state(state, task_->network());
  sum_->visit_state(state);
  visit_progress(state);
  state.add_value("method/uploads", totals_.uploads);
  state.add_value("method/message_bytes", totals_.message_bytes);
  state.add_value("method/downlink_bytes", totals_.downlink_bytes);
}

void LazyLearner::begin(bool resumed) {
  EpochLearner::begin(resumed);
  if (!resumed) std::ranges::copy(state_.span(), evaluated_state_.span().begin());
  stale_gradients_.allocate();
  for (const auto& worker : workers_) worker->allocate(state_);
  sum_->allocate(top_k_->pairs());
}

const ops::SparseVector& LazyLearner::sum_messages() {
  const auto timing = timer_.measure(exposed_);
  if (!sum_->share_flags()) throw diverged(fmt::format("step {}", step_));
  return sum_->sum();
}

void LazyLearner::record(Votes& votes, double lr, double norm) {
  for (const auto& worker : workers_)
    sums_->set(worker->number, worker->sums.values(),
               static_cast<double>(sum_->message_bytes(worker->number)));
  double bytes = 0, uploads = 0;
  BatchSums total = sums_->agree(exchange_, votes, bytes);
  for (int m = 0; m < hosted_.sites; ++m) uploads += sum_->is_fresh(m) ? 1 : 0;
  samples_ += static_cast<int64_t>(total.rows());
  totals_.uploads += uploads;
  totals_.message_bytes += bytes;
  totals_.downlink_bytes += static_cast<double>(sum_->downlink_bytes());
  report(total, lr, norm);
  figures_.set(first_figure_, totals_.uploads);
  figures_.set(first_figure_ + 1, uploads / hosted_.sites);
  figures_.set(first_figure_ + 2, totals_.message_bytes);
  if (settings_.has_server) figures_.set(first_figure_ + 3, totals_.downlink_bytes);
}

// Each worker has its own place in the vector, so the sums over the ranks are exact.
void LazyLearner::renew_evaluated_state() {
  if (use_ == Environment::Use::evaluate || state_.size() == 0) return;
  const std::span<float> mean = evaluated_state_;
  const auto width = static_cast<size_t>(state_.size());
  std::vector<double> all(width * hosted_.sites);
  for (const auto& worker : workers_)
    std::ranges::copy(worker->state.span(), all.begin() + state_.size() * worker->number);
  exchange_.sum(all);
  std::copy_n(all.begin(), width, mean.begin());
  const auto [begin, end] = task_->network().begin_and_end(ops::StateSpec::Rule::average);
  for (int64_t i = begin; i < end; ++i) {
    double sum = 0;
    for (int m = 0; m < hosted_.sites; ++m) sum += all[width * m + i];
    mean[i] = static_cast<float>(sum / hosted_.sites);
  }
  patiently(exchange_, [&] {
    if (hosted_.rank == 0) recalibrate();
  });
  exchange_.broadcast(std::as_writable_bytes(mean), 0);
}

Facts LazyLearner::facts() const {
  Facts facts = EpochLearner::facts();
  if (use_ == Environment::Use::evaluate) return facts;
  const int64_t pairs = top_k_->pairs(), elements = parameters_.size();
  const double message = static_cast<double>(pairs) * settings_.format.bytes_per_pair();
  facts.lines.emplace_back(
      "workers", fmt::format("{} on {} ranks; {}", hosted_.sites, hosted_.ranks,
                             settings_.has_server ? "rank 0 sums their messages (method.server)"
                                                  : "all ranks sum their messages"));
  facts.lines.emplace_back(
      "a message", fmt::format("{} of {} elements (method.density {}), about {:.3g} kB; a worker "
                               "without a fresh one sends a byte",
                               pairs, elements, settings_.density, 1e-3 * message));
  const auto add = [&](const char* name, int64_t root, int64_t others) {
    facts.memory.push_back({name, root, others});
  };
  const int64_t kept = comm::LazySum::memory_bytes(hosted_.sites, pairs, elements, true);
  add("messages", kept,
      settings_.has_server ? comm::LazySum::memory_bytes(hosted_.sites, pairs, elements, false)
                           : kept);
  const int64_t gradient = elements * int64_t{sizeof(float)};
  add("stale gradients", gradient, gradient);
  const int64_t batches = 2 * task_->batches().make_batch()->memory_bytes();
  add("more batches", batches * (hosted_.count(0) - 1),
      batches * (hosted_.count(hosted_.ranks - 1) - 1));
  if (hosted_.ranks == 1) return facts;
  // At most: if every worker uploads in every step.
  const double crossing = settings_.has_server ? message * (hosted_.sites - hosted_.count(0))
                                               : message * hosted_.sites * (hosted_.ranks - 1);
  facts.period.bytes = crossing * static_cast<double>(sampler_->steps_per_epoch()) / hosted_.ranks;
  return facts;
}

}  // namespace laconic
