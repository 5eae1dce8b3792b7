#include "apps/laconic/learn/clients/problem_learner.hpp"

#include "apps/laconic/run/agreement.hpp"
#include "data/content.hpp"

namespace laconic {

ProblemLearner::ProblemLearner(const Environment& environment, const ChainSettings& settings)
    : settings_(settings),
      name_(environment.config.get<ProblemOptions>().kind.name()),
      exchange_(environment.exchange),
      ranks_(environment.ranks) {
  const Config& config = environment.config;
  patiently(exchange_, [&] {
    const auto& kind = config.get<ProblemOptions>().kind;
    problem_ = kind.entry().make(*kind.options(), config.get<ClientsOptions>().clients,
                                 environment.context.seed);
    problem_.content["clients"] = problem_.federation.content();
  });
  same_everywhere(exchange_, data::to_text(problem_.content), "give all ranks the same data");
  const int64_t all = problem_.federation.clients(), drawn = settings.clients_per_round;
  cohort_.emplace(environment, problem_.federation, drawn > 0 ? drawn : all);
  cohort_->allow_all();  // evaluations
  phases_.emplace(*cohort_, settings.plan, settings.rounds);
  x_ = device::Buffer<double>(cohort_->dimension());
  chain_figures_ = ChainFigures::declare(figures_);
  scores_.declare({"objective", "", Better::lower});
  scores_.declare({"gradient_norm2", "", Better::lower});
  if (problem_.federation.minimum) scores_.declare({"gap", "", Better::lower, true});
  if (settings.probe) scores_.declare({"zeta2", "", Better::neither});
}

void ProblemLearner::visit_state(StateList& state) {
  state.add("parameters", x_);
  phases_->visit_state(state);
}

void ProblemLearner::begin(bool resumed) {
  x_.allocate();
  phases_->begin(x_, resumed);
}

void ProblemLearner::advance(Votes& votes) {
  const int64_t phase = phases_->phase();
  const RoundReport report = phases_->round(x_);
  votes.agree(exchange_);
  chain_figures_.set(figures_, report, phase, cohort_->client_bytes());
}

Period ProblemLearner::period() const {
  return round_period(step(), settings_.rounds);
}

// F and its gradient; then the dissimilarity of the clients' gradients,
// zeta^2 = 1/N sum_i |grad F_i - grad F|^2.
void ProblemLearner::evaluate() {
  cohort_->begin();  // outside of a run nobody else does
  mean_.resize(x_.size());
  own_.resize(x_.size());
  const std::span<const double> x = x_;
  const double objective = cohort_->survey(
      [&](int32_t client, std::span<double> gradient) {
        return cohort_->gradient(client, x, 0, 0, gradient);
      },
      mean_);
  double norm2 = 0;
  for (const double g : mean_) norm2 += g * g;
  scores_.clear();
  scores_.set(0, objective);
  scores_.set(1, norm2);
  if (const auto gap = scores_.find("gap"))
    scores_.set(*gap, objective - *problem_.federation.minimum);
  if (!settings_.probe) return;
  double zeta2 = 0;
  cohort_->survey(
      [&](int32_t client, std::span<double> square) {
        const double value = cohort_->gradient(client, x, 0, 0, own_);
        square[0] = 0;
        for (size_t j = 0; j < own_.size(); ++j)
          square[0] += (own_[j] - mean_[j]) * (own_[j] - mean_[j]);
        return value;
      },
      {&zeta2, 1});
  scores_.set(*scores_.find("zeta2"), zeta2);
}

Facts ProblemLearner::facts() const {
  Facts facts{.problem = name_, .parameters = x_.size(), .data = problem_.content};
  describe_chain(*cohort_, *phases_, settings_, ranks_, facts);
  return facts;
}

}  // namespace laconic
