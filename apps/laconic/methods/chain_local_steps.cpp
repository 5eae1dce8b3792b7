// Local steps of clients, as a phase of a chain: FedAvg (McMahan et al., AISTATS 2017), and SCAFFOLD
// (Karimireddy et al., ICML 2020, option II). N clients, S of them take part in a round; g_i(x) is the
// mean of K fresh gradients of client i.
//
//   u_i <- 0, x_i <- x;  H times:  u_i <- u_i + g_i(x_i) - c_i + c,  x_i <- x - η u_i      on each client
//   u   =  mean u_i;   v <- μ v + η u;   x <- x - λ (nesterov ? η u + μ v : v)             outer lr λ
//   c_i <- c_i - c + u_i / H;   c <- c + S/N (u / H - c)              correction: scaffold, else c = c_i = 0
//
// A client sends u_i alone, from which the change of its c_i follows. With H = 1 it is global SGD, to
// the last bit. The c_i stay with their clients; all start from zero.
#include "apps/laconic/learn/clients/chain_method.hpp"
#include "apps/laconic/learn/outer_options.hpp"

namespace laconic {
namespace {

struct LocalPhaseOptions : RateOptions {
  enum class Correction { none, scaffold };
  int64_t steps = 20, samples = 0;
  Correction correction = Correction::none;
  OuterOptions outer;
  void describe(config::Fields& f) override {
    f.integer("steps", steps,
              {.min = 1,
               .max = 1 << 20,
               .help = "steps that each client takes by itself in a round",
               .unit = "steps"})
        .also_called({"local_steps", "inner_steps"});
    f.integer("samples", samples,
              {.min = 0,
               .max = 1 << 24,
               .help = "samples per local step, drawn with replacement; 0 = all of the client"});
    RateOptions::describe(f);
    f.choice("correction", correction,
             {{"none", Correction::none}, {"scaffold", Correction::scaffold}},
             "of the drift of clients: scaffold = by the difference between a client's gradients "
             "and those of all");
    f.group("outer", outer, "the step of all, with the mean of the clients' differences");
  }
};

template <class T>
class LocalPhase final : public ChainPhase<T> {
 public:
  using Options = LocalPhaseOptions;

  LocalPhase(const Options& options, Cohort<T>& cohort)
      : options_(options),
        cohort_(cohort),
        corrects_(options.correction == Options::Correction::scaffold),
        velocity_(options.outer.momentum > 0 ? cohort.dimension() : 0),
        control_(corrects_ ? cohort.dimension() : 0),
        local_(cohort.dimension()),
        gradient_(cohort.dimension()),
        mean_(cohort.dimension()) {
    if (corrects_) controls_.emplace("control", cohort);
  }

  void visit_state(StateList& state) override {
    if (velocity_.size() > 0) state.add("chain/velocity", velocity_);
    if (!corrects_) return;
    state.add("chain/control", control_);
    controls_->visit_state(state);
  }

  void begin(std::span<const T>, bool) override {
    for (device::Buffer<T>* vector : {&velocity_, &control_, &local_, &gradient_, &mean_})
      vector->allocate();
    if (corrects_) controls_->allocate();
  }

  RoundReport round(const Turn<T>& turn) override {
    const double lr = options_.rate(turn);
    const auto train = [&](int32_t i, std::span<T> u) { return train_client(i, turn.x, lr, u); };
    const std::span<T> u = mean_;
    const double loss =
        cohort_.mean(cohort_.drawn(), std::ref(train), u, corrects_ ? 2 : 1, "upload");
    outer_step(turn.x, u, lr);
    const double share =
        static_cast<double>(cohort_.per_round()) / static_cast<double>(cohort_.clients());
    const auto steps = static_cast<T>(options_.steps);
    const std::span<T> c = control_;
    for (size_t j = 0; j < c.size(); ++j) c[j] += static_cast<T>(share * (u[j] / steps - c[j]));
    return {.loss = loss, .lr = lr};
  }

 private:
  // Returns the client's loss at x.
  double train_client(int32_t i, std::span<const T> x, double lr, std::span<T> u) {
    const std::span<T> x_i = local_, g = gradient_, c = control_;
    std::ranges::copy(x, x_i.begin());
    std::ranges::fill(u, T(0));
    double loss = 0;
    for (int64_t k = 0; k < options_.steps; ++k) {
      const double now = cohort_.gradient(i, x_i, k * options_.samples, options_.samples, g);
      if (k == 0) loss = now;
      if (corrects_)
        for (size_t j = 0; j < g.size(); ++j) g[j] += c[j] - (*controls_)[i][j];
      for (size_t j = 0; j < g.size(); ++j) u[j] += g[j];
      for (size_t j = 0; j < g.size(); ++j) x_i[j] = x[j] - static_cast<T>(lr * u[j]);
    }
    if (corrects_)
      for (size_t j = 0; j < u.size(); ++j)
        (*controls_)[i][j] += u[j] / static_cast<T>(options_.steps) - c[j];
    return loss;
  }

  void outer_step(std::span<T> x, std::span<const T> u, double lr) {
    const OuterOptions& outer = options_.outer;
    const std::span<T> v = velocity_;
    for (size_t j = 0; j < x.size(); ++j) {
      double step = lr * u[j];
      if (!v.empty()) {
        v[j] = static_cast<T>(outer.momentum * v[j] + step);
        step = outer.nesterov ? step + outer.momentum * v[j] : v[j];
      }
      x[j] -= static_cast<T>(outer.lr * step);
    }
  }

  const Options& options_;
  Cohort<T>& cohort_;
  const bool corrects_;
  device::Buffer<T> velocity_, control_, local_, gradient_, mean_;
  std::optional<ClientVectors<T>> controls_;
};

}  // namespace

ChainPhaseKind local_steps_phase() {
  return {.name = "local_steps",
          .help = "clients take steps apart, then the mean of their differences is a step of all",
          .make_options = config::make<LocalPhaseOptions>,
          .make_float = make_phase<LocalPhase<float>>,
          .make_double = make_phase<LocalPhase<double>>,
          .also_called = {"fedavg", "local_sgd", "scaffold"}};
}

}  // namespace laconic
