// Global steps on clients: all gradients of a round are taken where it begins, and one step follows.
// N clients, S of them take part in a round; g_i is the mean of K gradients of client i.
//
//   sgd   x <- x - η mean g_i(x)
//   asg   y = x + b (x - x'), x' the x of the round before;  x <- y - η mean g_i(y);
//         b = (1 - √(ημ)) / (1 + √(ημ)), and r / (r + 3) in round r where μ = 0 (Nesterov)
//   saga  g = mean (g_i(x) - c_i) + c;  x <- x - η g;  then c_i <- g_i(x) of the same clients (option I)
//         or of others, drawn independently (option II);  c is the mean of all c_i
//   ssnm  y_i = τ x + (1-τ) φ_i;  g = mean (g_i(y_i) - t_i) + c;  x <- (x - η g) / (1 + ημ);  for others,
//         drawn independently: φ_i <- τ x + (1-τ) φ_i, t_i <- g_i(φ_i); the gradients without the part
//         μ/2 |x|^2;  n = N/S, L = 1/lr, η = √(1/(3μnL)) if nμ/L <= 3/4, else 1/(2μn);  τ = nημ/(1+ημ)
//
// SAGA: Defazio et al., NeurIPS 2014; SSNM: Zhou et al., AISTATS 2019; as phases of FedChain: Hou et al.,
// ICLR 2022. The tables c_i, t_i stay with the clients and start with the gradients of all of them.
#include <cmath>

#include "apps/laconic/learn/clients/chain_method.hpp"
#include "apps/laconic/learn/clients/global_options.hpp"

namespace laconic {
namespace {

template <class T>
class GlobalSteps final : public ChainPhase<T> {
 public:
  using Options = GlobalStepsOptions;

  GlobalSteps(const Options& options, Cohort<T>& cohort)
      : options_(options),
        cohort_(cohort),
        has_table_(options.rule == Options::Rule::saga || options.rule == Options::Rule::ssnm),
        before_(options.rule == Options::Rule::asg ? cohort.dimension() : 0),
        mean_(has_table_ ? cohort.dimension() : 0),
        sum_(cohort.dimension()),
        at_(cohort.dimension()) {
    if (has_table_) cohort.allow_all();  // the first round fills it
    if (has_table_) table_.emplace("gradient", cohort);
    if (options.rule == Options::Rule::ssnm) points_.emplace("point", cohort);
  }

  void visit_state(StateList& state) override {
    if (before_.size() > 0) state.add("chain/before", before_);
    if (mean_.size() > 0) state.add("chain/mean_gradient", mean_);
    if (table_) table_->visit_state(state);
    if (points_) points_->visit_state(state);
  }

  void begin(std::span<const T> x, bool resumed) override {
    for (device::Buffer<T>* vector : {&before_, &mean_, &sum_, &at_}) vector->allocate();
    if (table_) table_->allocate();
    if (points_) points_->allocate();
    if (resumed) return;
    if (before_.size() > 0) std::ranges::copy(x, before_.span().begin());
    for (int64_t i = 0; points_ && i < cohort_.clients(); ++i)
      if (cohort_.hosts(i)) std::ranges::copy(x, (*points_)[i].begin());
  }

  RoundReport round(const Turn<T>& turn) override {
    const double lr = options_.rate(turn);
    if (has_table_ && turn.round == 0) fill_table(turn.x);
    if (options_.rule == Options::Rule::saga) return {saga(turn.x, lr), lr};
    if (options_.rule == Options::Rule::ssnm) return {ssnm(turn.x, lr), lr};
    if (options_.rule == Options::Rule::asg) extrapolate(turn, lr);
    return {descend(turn.x, lr), lr};
  }

 private:
  // x <- x - η mean g_i(x). Returns the mean loss at the old x.
  double descend(std::span<T> x, double lr) {
    const std::span<T> g = sum_;
    const auto gradient = [&](int32_t i, std::span<T> g_i) {
      return cohort_.gradient(i, x, 0, options_.samples, g_i);
    };
    const double loss = cohort_.mean(cohort_.drawn(), std::ref(gradient), g, 1, "upload");
    for (size_t j = 0; j < x.size(); ++j) x[j] -= static_cast<T>(lr * g[j]);
    return loss;
  }

  // x <- x + b (x - x'), x' <- the old x.
  void extrapolate(const Turn<T>& turn, double lr) {
    const double root = std::sqrt(lr * options_.mu), r = static_cast<double>(turn.round);
    const double b = options_.mu > 0 ? (1 - root) / (1 + root) : r / (r + 3);
    const std::span<T> x = turn.x, before = before_;
    for (size_t j = 0; j < x.size(); ++j) {
      const T here = x[j];
      x[j] = static_cast<T>((1 + b) * here - b * before[j]);
      before[j] = here;
    }
  }

  double saga(std::span<T> x, double lr) {
    const bool is_one = options_.option == Options::Renewed::same;
    const std::span<T> mean = sum_, c = mean_, step = at_;
    const auto difference = [&](int32_t i, std::span<T> g) {
      const double loss = cohort_.gradient(i, x, 0, options_.samples, g);
      if (is_one) {
        renew(g, (*table_)[i]);
      } else {
        for (size_t j = 0; j < g.size(); ++j) g[j] -= (*table_)[i][j];
      }
      return loss;
    };
    const auto change = [&](int32_t i, std::span<T> g) {
      const double loss = cohort_.gradient(i, x, options_.samples, options_.samples, g);
      renew(g, (*table_)[i]);
      return loss;
    };
    const double loss = cohort_.mean(cohort_.drawn(0), std::ref(difference), mean, 1, "upload");
    for (size_t j = 0; j < x.size(); ++j) step[j] = static_cast<T>(lr * (mean[j] + c[j]));
    if (!is_one) cohort_.mean(cohort_.drawn(1), std::ref(change), mean, 1, "upload");
    move_mean(mean);
    for (size_t j = 0; j < x.size(); ++j) x[j] -= step[j];
    return loss;
  }

  double ssnm(std::span<T> x, double lr) {
    const double mu = options_.mu, L = 1 / lr, n = 1 / share();
    const double eta = n * mu / L <= 0.75 ? std::sqrt(1 / (3 * mu * n * L)) : 1 / (2 * mu * n);
    const double tau = n * eta * mu / (1 + eta * mu);
    const std::span<T> y = at_, mean = sum_, c = mean_;
    const auto go_between = [&](std::span<const T> phi) {
      for (size_t j = 0; j < y.size(); ++j) y[j] = static_cast<T>(tau * x[j] + (1 - tau) * phi[j]);
    };
    const auto difference = [&](int32_t i, std::span<T> g) {
      go_between((*points_)[i]);
      const double loss = table_gradient(i, y, 0, g);
      for (size_t j = 0; j < g.size(); ++j) g[j] -= (*table_)[i][j];
      return loss;
    };
    const auto change = [&](int32_t i, std::span<T> g) {
      go_between((*points_)[i]);
      std::ranges::copy(y, (*points_)[i].begin());
      const double loss = table_gradient(i, y, options_.samples, g);
      renew(g, (*table_)[i]);
      return loss;
    };
    const double loss = cohort_.mean(cohort_.drawn(0), std::ref(difference), mean, 1, "upload");
    for (size_t j = 0; j < x.size(); ++j)
      x[j] = static_cast<T>((x[j] - eta * (mean[j] + c[j])) / (1 + eta * mu));
    cohort_.mean(cohort_.drawn(1), std::ref(change), mean, 1, "upload");
    move_mean(mean);
    return loss;
  }

  void fill_table(std::span<const T> x) {
    const auto gradient = [&](int32_t i, std::span<T> g) {
      const double loss = table_gradient(i, x, 2 * options_.samples, g);
      std::ranges::copy(g, (*table_)[i].begin());
      return loss;
    };
    cohort_.mean(cohort_.all(), std::ref(gradient), mean_, 1, "upload");
  }

  // Sets g to what the table has of client i at x, from its samples `first` on in this round.
  double table_gradient(int32_t i, std::span<const T> x, int64_t first, std::span<T> g) {
    const double loss = cohort_.gradient(i, x, first, options_.samples, g);
    if (options_.rule == Options::Rule::ssnm)
      for (size_t j = 0; j < g.size(); ++j) g[j] -= static_cast<T>(options_.mu * x[j]);
    return loss;
  }

  // entry <- g, g <- g - the old entry.
  static void renew(std::span<T> g, std::span<T> entry) {
    for (size_t j = 0; j < g.size(); ++j) {
      const T old = entry[j];
      entry[j] = g[j];
      g[j] -= old;
    }
  }

  // Adds the mean change of S entries to the mean of all N.
  void move_mean(std::span<const T> change) {
    for (size_t j = 0; j < change.size(); ++j)
      mean_.span()[j] += static_cast<T>(share() * change[j]);
  }
  double share() const {  // S/N
    return static_cast<double>(cohort_.per_round()) / static_cast<double>(cohort_.clients());
  }

  const Options& options_;
  Cohort<T>& cohort_;
  const bool has_table_;
  device::Buffer<T> before_, mean_, sum_, at_;
  std::optional<ClientVectors<T>> table_, points_;
};

}  // namespace

ChainPhaseKind global_steps_phase() {
  return {.name = "global_steps",
          .help = "every client sends a gradient, then one step of all",
          .make_options = config::make<GlobalStepsOptions>,
          .make_float = make_phase<GlobalSteps<float>>,
          .make_double = make_phase<GlobalSteps<double>>};
}

}  // namespace laconic
