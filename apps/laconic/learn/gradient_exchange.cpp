#include "apps/laconic/learn/gradient_exchange.hpp"

#include <cmath>

#include "framework/config/checks.hpp"
#include "framework/optim/sgd.hpp"

namespace laconic {
namespace {

using ResidualLr = comm::FeedbackOptions::ResidualLr;

bool is_sparse(const Config& config) {
  return config.comm().allreduce.entry().is_sparse();
}

// Returns the options of sgd; null with another rule.
const optim::SgdOptions* sgd_options(const optim::OptimizerOptions& optimizer) {
  return dynamic_cast<const optim::SgdOptions*>(optimizer.kind.options());
}

comm::FeedbackSettings feedback_settings(const Config& config) {
  if (!is_sparse(config)) return {};
  const optim::OptimizerOptions& optimizer = config.get<OptimizerOptions>().optimizer;
  const comm::FeedbackOptions& feedback = config.get<comm::GradientOptions>().feedback;
  const bool inside = feedback.residual_lr == ResidualLr::automatic
                          ? optimizer.kind.entry().linear
                          : feedback.residual_lr == ResidualLr::inside;
  const optim::SgdOptions* const sgd = sgd_options(optimizer);
  return {inside, feedback.momentum_correction && sgd != nullptr ? sgd->momentum : 0};
}

}  // namespace

GradientExchange::GradientExchange(const Environment& environment, int64_t elements,
                                   Figures& figures, const BeforeExchange& before)
    : before_(before),
      ranks_(environment.exchange.size()),
      timer_(environment.timer),
      exposed_(timer_.declare("exchange_exposed", PhaseKind::wait)),
      sum_(environment.exchange, environment.context,
           environment.config.get<comm::GradientOptions>(), before_.feedback, elements),
      first_figure_(figures.size()) {
  if (!is_sparse()) return;
  for (const char* name : {"exchange/k", "exchange/selected", "exchange/kept", "exchange/xi"})
    figures.declare({name, "", Better::neither});
}

double GradientExchange::local_limit(double lr) const {
  return is_sparse() ? scale(lr) * before_.clip_norm / std::sqrt(ranks_) : 0;
}

bool GradientExchange::finish(std::span<float> gradient, BatchSums& total, Votes& votes) {
  const auto timing = timer_.measure(exposed_);
  const std::span<double> beside[] = {total.values(), votes.values()};
  const bool finite = sum_.finish(gradient, beside);
  votes.summed();
  return finite;
}

void GradientExchange::report(Figures& figures) const {
  if (!is_sparse()) return;
  const comm::SparseFigures sparse = sum_.figures();
  figures.set(first_figure_, static_cast<double>(sparse.k));
  figures.set(first_figure_ + 1, static_cast<double>(sparse.selected));
  figures.set(first_figure_ + 2, static_cast<double>(sparse.kept));
  if (std::isfinite(sparse.xi)) figures.set(first_figure_ + 3, sparse.xi);
}

BeforeExchange before_exchange(const Config& config) {
  return {feedback_settings(config), config.get<OptimizerOptions>().optimizer.clip_norm};
}

optim::OptimizerOptions behind_exchange(const Config& config) {
  optim::OptimizerOptions options = config.get<OptimizerOptions>().optimizer;
  if (feedback_settings(config).momentum > 0) options.kind.as<optim::SgdOptions>().momentum = 0;
  return options;
}

void check_exchange(const Config& config, const config::Checks& checks) {
  const optim::OptimizerOptions& optimizer = config.get<OptimizerOptions>().optimizer;
  const comm::FeedbackOptions& feedback = config.get<comm::GradientOptions>().feedback;
  const optim::SgdOptions* const sgd = sgd_options(optimizer);
  if (is_sparse(config) && !optimizer.kind.entry().linear &&
      feedback.residual_lr == ResidualLr::inside)
    checks.refuse("comm.residual_lr",
                  "inside needs optimizer.kind: sgd, whose update is linear in the gradient");
  if (is_sparse(config) && sgd == nullptr && feedback.momentum_correction)
    checks.refuse("comm.momentum_correction", "needs optimizer.kind: sgd");
  if (feedback.momentum_correction && sgd != nullptr && sgd->nesterov)
    checks.refuse("comm.momentum_correction", "has no optimizer.nesterov");
}

}  // namespace laconic
