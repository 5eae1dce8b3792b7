// SASG: sparse communication and adaptively aggregated stochastic gradients (Deng et al., arXiv
// 2112.04088). With density 1 it is LASG-WK2 (Chen, Sun, Yin, arXiv 2002.11360). Worker m of M has
// uploaded last at w_m, τ_m steps ago; L_m is the mean loss of its batch, and γ = lr / M. A step:
//
//   g <- dL_m/dθ at θ;  g' <- dL_m/dθ at w_m, on the same batch
//   m skips if |g - g'|² <= c / M² · sum over the last D steps t of |θ_t+1 - θ_t|² / γ_t,
//     and τ_m < τ_max. Otherwise, and in the first D steps, it uploads s_m:
//     u <- γ g + e_m;  s_m <- the k largest of u;  e_m <- u - s_m;  w_m <- θ
//   θ <- θ - sum over all workers of their last s_m, fresh or stale
//
// So lr is the step on the mean gradient, as in data_parallel, and c is that of the paper, whose γ
// belongs to the sum. Each squared step is divided by its own γ: when lr changes, older steps keep
// their weight. A worker without a label skips, and so does one whose gradient is not finite.
// Workers are logical: the bits do not depend on how many ranks host them.
#include <cmath>
#include <numeric>

#include "apps/laconic/learn/lazy_learner.hpp"
#include "comm/sparse/options.hpp"
#include "framework/config/checks.hpp"
#include "framework/ops/update/update.hpp"
#include "framework/optim/sgd.hpp"

namespace laconic {
namespace {

struct SasgOptions : config::Options {
  enum class Scope { tensor, global };

  int64_t workers = 0, window = 10, max_staleness = 10, check_every = 1;
  double alpha_scale = 0.5, density = 0.01;
  Scope scope = Scope::tensor;
  bool server = false;
  comm::PairFormat format{ops::IndexCodec::rice, ops::ValueType::bfloat16};

  void describe(config::Fields& f) override {
    f.integer(
        "workers", workers,
        {.min = 0,
         .max = 1 << 10,
         .help = "M: workers, at least as many as ranks; 0 = the number of ranks at the start",
         .unit = ""});
    f.real(
        "alpha_scale", alpha_scale,
        {.min = 0, .help = "c: how much a gradient may change and yet not be sent; 0 = all are"});
    f.integer(
        "window", window,
        {.min = 1,
         .max = 1 << 16,
         .help = "D: steps whose sizes the change is compared with; all upload in the first D",
         .unit = "steps"});
    f.integer("max_staleness", max_staleness,
              {.min = 1,
               .max = config::most_steps,
               .help = "a worker uploads at the latest so many steps after its last upload",
               .unit = "steps"});
    f.integer("check_every", check_every,
              {.min = 1,
               .max = config::most_steps,
               .help = "workers compare gradients in every such step, and otherwise do what they "
                       "did last; a comparison costs a second gradient",
               .unit = "steps"});
    f.real("density", density,
           {.min = 0,
            .max = 1,
            .exclusive_min = true,
            .help = "share of the elements that a message has, the largest; 1 = LASG"});
    f.choice("scope", scope, {{"tensor", Scope::tensor}, {"global", Scope::global}},
             "where elements are compared: within each tensor, or in the whole network");
    f.flag("server", server,
           "rank 0 gets the messages and sends their sum, as pairs; false = all get the messages");
    comm::describe(format, f);
  }
};

class Sasg final : public LazyLearner {
  using Flag = LazyWorker::Flag;

 public:
  explicit Sasg(const Environment& environment)
      : Sasg(environment, environment.config.get<SasgOptions>()) {}

  void visit_state(StateList& state) override {
    LazyLearner::visit_state(state);
    state.add("method/squares", squares_);
  }

  void advance(Votes& votes) override {
    const double lr = learning_rate(), M = hosted_.sites, gamma = lr / M;
    const double limit =
        options_.alpha_scale / (M * M) * std::accumulate(squares_.begin(), squares_.end(), 0.0);
    for (const auto& worker : workers_) sum_->set(worker->number, work(*worker, gamma, limit));
    const double step = apply(sum_messages());
    squares_[step_ % options_.window] = gamma > 0 ? step * step / gamma : 0;
    end_step();
    record(votes, lr, lr > 0 ? step / lr : 0);
  }

 private:
  Sasg(const Environment& environment, const SasgOptions& options)
      : LazyLearner(environment, {.workers = options.workers,
                                  .density = options.density,
                                  .by_tensor = options.scope == SasgOptions::Scope::tensor,
                                  .has_server = options.server,
                                  .format = options.format}),
        options_(options),
        squares_(options.window) {}

  // Does a worker's part of a step. `limit`: the right side of the rule.
  Flag work(LazyWorker& m, double gamma, double limit) {
    const int64_t labels = sampler_->labels(position_, m.number);
    const bool must = step_ < options_.window || limit == 0 || m.staleness == 0 ||
                      m.staleness >= options_.max_staleness;
    const bool compares = !must && step_ % options_.check_every == 0;
    const bool may_upload = must || compares || m.staleness == 1;
    compute(m, gamma, labels, may_upload, compares);
    if (labels == 0) return m.skip();
    if (!m.sums.are_finite() || (may_upload && !std::isfinite(ops::norm(context_, gradients_))))
      return m.leave_out(train_.skip_nonfinite);
    m.left_out = 0;
    std::ranges::copy(next_state_.span(), m.state.span().begin());
    if (!may_upload || (compares && squared_change() <= gamma * gamma * limit)) return m.skip();
    if (!top_k_->compress(gradients_, m.residual, sum_->message(m.number))) return Flag::failed;
    return m.upload(parameters_);
  }

  // Sets gradients_ to γ g and stale_gradients_ to γ g', if they are wanted.
  void compute(LazyWorker& m, double gamma, int64_t labels, bool fresh, bool stale) {
    const std::span<float> g = gradients_, g_stale = stale_gradients_;
    const graph::Point<float> here(parameters_, m.state, next_state_), there(m.uploaded, m.state);
    const auto weight = labels > 0 ? static_cast<float>(gamma / static_cast<double>(labels)) : 0.0f;
    if (fresh) std::ranges::fill(g, 0.0f);
    if (stale) std::ranges::fill(g_stale, 0.0f);
    std::ranges::copy(m.state.span(), next_state_.span().begin());
    m.sums = {};
    BatchSums ignored;
    for (int64_t a = 0; a < train_.accumulate; ++a) {
      const graph::Feed<float>& batch = next_batch(m.number);
      if (labels == 0) continue;
      if (fresh) oracle_->gradient(here, batch, weight, g, m.sums);
      if (!fresh) oracle_->value(here, batch, m.sums);
      if (stale) oracle_->gradient(there, batch, weight, g_stale, ignored);
    }
  }

  double squared_change() {  // γ² |g - g'|²
    const std::span<float> g = gradients_, change = stale_gradients_;
    for (size_t i = 0; i < g.size(); ++i) change[i] = g[i] - change[i];
    const double norm = ops::norm(context_, change);
    return norm * norm;
  }

  // Subtracts `s` from the parameters, on all ranks alike. Returns its norm.
  double apply(const ops::SparseVector& s) {
    const auto timing = timer_.measure(update_);
    const double norm = ops::norm(context_, s.values);
    if (!std::isfinite(norm)) throw diverged(fmt::format("step {}", step_));
    const std::span<float> theta = parameters_;
    for (int64_t i = 0; i < s.size(); ++i) theta[s.indices[i]] -= s.values[i];
    return norm;
  }

  const SasgOptions& options_;
  std::vector<double> squares_;  // |θ_t+1 - θ_t|² / γ_t of the last D steps
};

void check_sasg(const Config& config, const config::Checks& checks) {
  check_network(config, checks);
  checks.unused("comm.allreduce", "method.kind: sasg has messages of its own; see method.density");
  const auto& o = config.get<SasgOptions>();
  if (o.check_every > o.max_staleness)
    checks.refuse("method.check_every", fmt::format("value {}: more than method.max_staleness ({})",
                                                    o.check_every, o.max_staleness));
  const optim::OptimizerOptions& optimizer = config.get<OptimizerOptions>().optimizer;
  constexpr const char* why = "messages of method.kind: sasg are steps of plain gradient descent";
  const auto* sgd = dynamic_cast<const optim::SgdOptions*>(optimizer.kind.options());
  if (sgd == nullptr)
    return checks.refuse("optimizer.kind",
                         fmt::format("value {}: {}; allowed: sgd", optimizer.kind.name(), why));
  const auto demand_zero = [&](const char* key, double value) {
    if (value != 0) checks.refuse(key, fmt::format("value {}: {}; allowed: 0", value, why));
  };
  demand_zero("optimizer.momentum", sgd->momentum);
  demand_zero("optimizer.weight_decay", optimizer.weight_decay);
  demand_zero("optimizer.clip_norm", optimizer.clip_norm);
}

}  // namespace

Method sasg() {
  return {.name = "sasg",
          .help = "a worker sends the largest elements of its gradient, and only if it has changed",
          .make_options = config::make<SasgOptions>,
          .sections = sections_without_sum(),
          .check = check_sasg,
          .make = make_learner<Sasg>,
          .also_called = {"lasg", "lag", "lazy"}};
}

}  // namespace laconic
