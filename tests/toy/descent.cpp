// A method that trains no network: noisy gradient descent on f(x) = 1/2 sum_i i x_i^2, i = 1, 2, ...
// Each rank adds its own noise to its gradient. This file is all that a method must bring.
#include <array>
#include <cmath>

#include "apps/laconic/run/method.hpp"
#include "framework/base/random.hpp"
#include "framework/device/buffer.hpp"

namespace laconic {
namespace {

struct DescentOptions : config::Options {
  int64_t dimension = 20, steps = 60;
  double lr = 0.02, noise = 0.1;
  void describe(config::Fields& f) override {
    f.integer("dimension", dimension, {.min = 1, .max = 1 << 20, .help = "length of x"});
    f.integer("steps", steps, {.min = 0, .help = "length of the run", .unit = "steps"})
        .changes_no_numbers();
    f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "step size"});
    f.real("noise", noise, {.min = 0, .help = "deviation of a gradient's entry"});
  }
};

class Descent final : public Learner {
 public:
  explicit Descent(const Environment& environment)
      : options_(environment.config.get<DescentOptions>()),
        seed_(environment.context.seed),
        exchange_(environment.exchange),
        x_(options_.dimension),
        gradient_(static_cast<size_t>(options_.dimension)) {
    figures_.declare({"first_slope", "", Better::neither, true});
    scores_.declare({"error", "", Better::lower});
  }

  void visit_state(StateList& state) override {
    state.add("x", x_);
    state.add_value("method/step", step_);
  }
  void visit_best(StateList& state) override { state.add("x", x_); }
  std::string default_monitor() const override { return "error"; }
  void begin(bool resumed) override {
    x_.allocate();
    if (!resumed) std::ranges::fill(x_.span(), 1.0);
  }

  void advance(Votes& votes) override {
    const std::span<double> x = x_;
    const Random noise(seed_, Stream::test, static_cast<uint64_t>(step_), exchange_.rank());
    for (size_t i = 0; i < x.size(); ++i)
      gradient_[i] = static_cast<double>(1 + i) * x[i] + options_.noise * noise.normal(i);
    exchange_.sum(gradient_);
    votes.agree(exchange_);
    for (size_t i = 0; i < x.size(); ++i) x[i] -= options_.lr * gradient_[i] / exchange_.size();
    figures_.set(0, gradient_[0] / exchange_.size());
    ++step_;
  }
  int64_t step() const override { return step_; }
  int64_t steps() const override { return options_.steps; }
  Period period() const override { return {"decade", step_ / 10, step_ % 10 == 0}; }
  void evaluate() override {
    double squares = 0;
    for (const double x : x_.span()) squares += x * x;
    scores_.set(0, std::sqrt(squares));
  }
  Facts facts() const override { return {.problem = "quadratic"}; }

 private:
  const DescentOptions& options_;
  const uint64_t seed_;
  comm::Exchange& exchange_;
  device::Buffer<double> x_;
  std::vector<double> gradient_;
  int64_t step_ = 0;
};

}  // namespace

std::span<const Method> methods() {
  static const std::array all{Method{"descent",
                                     "noisy gradient descent on a quadratic",
                                     config::make<DescentOptions>,
                                     {},
                                     nullptr,
                                     make_learner<Descent>}};
  return all;
}

}  // namespace laconic
