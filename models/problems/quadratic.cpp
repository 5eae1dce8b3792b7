#include "models/problems/quadratic.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

namespace laconic::models {

void QuadraticOptions::describe(config::Fields& f) {
  f.integer("dimension", dimension, {.min = 1, .max = 1 << 20, .help = "number of coordinates, d"});
  f.real("mu", mu, {.min = 0, .exclusive_min = true, .help = "smallest mean curvature"});
  f.real("beta", beta, {.min = 0, .exclusive_min = true, .help = "largest mean curvature"});
  f.choice("differences", differences,
           {{"mirrored", Differences::mirrored}, {"random", Differences::random}},
           "how clients differ: mirrored = by the same amount up or down, in turns; random = by a "
           "random amount");
  f.real(
      "curvature_spread", curvature_spread,
      {.min = 0,
       .max = 1,
       .exclusive_max = true,
       .help = "largest difference of a client's curvature, relative to the mean curvature (h)"});
  f.real("centre", centre, {.help = "mean of the clients' minimisers, in each coordinate"});
  f.real("centre_spread", centre_spread,
         {.min = 0, .help = "difference (random: its deviation) of a client's minimiser"});
  f.integer("samples", samples, {.min = 1, .max = 1 << 20, .help = "samples per client"});
  f.real("noise", noise, {.min = 0, .help = "deviation of an entry of a sample's gradient"});
}

void QuadraticOptions::check(const config::Checks& checks) const {
  if (beta < mu)
    checks.refuse("beta", fmt::format("value {}: less than problem.mu ({})", beta, mu));
  if (noise > 0 && samples == 1)
    checks.refuse("noise", fmt::format("value {}: the noise of problem.samples: 1 is zero, since "
                                       "it sums to zero over a client; allowed: 2 samples or more",
                                       noise));
}

namespace {

class Quadratic final : public Oracle<double> {
 public:
  Quadratic(const QuadraticOptions& options, int64_t clients, uint64_t seed)
      : d_(options.dimension), per_client_(options.samples), clients_(clients) {
    curvature_.resize(d_ * clients);
    centre_.resize(d_ * clients);
    using enum QuadraticOptions::Differences;
    for (int64_t i = 0; i < clients; ++i) {
      const Random random(seed, Stream::data, static_cast<uint64_t>(i));
      for (int64_t j = 0; j < d_; ++j) {
        const double place = d_ == 1 ? 0 : static_cast<double>(j) / static_cast<double>(d_ - 1);
        const double a = options.mu * std::pow(options.beta / options.mu, place);
        const bool mirrors = options.differences == mirrored;
        const double h = mirrors ? ((i + j) % 2 == 0 ? 1 : -1) : 2 * random.uniform(2 * j) - 1;
        const double n = mirrors ? (i % 2 == 0 ? 1 : -1) : random.normal(2 * j + 1);
        curvature_[i * d_ + j] = a * (1 + options.curvature_spread * h);
        centre_[i * d_ + j] = options.centre + options.centre_spread * n;
      }
    }
    if (options.noise > 0) draw_noise(options.noise, seed);
  }

  int64_t dimension() const override { return d_; }
  int64_t samples() const override { return clients_ * per_client_; }

  double value(std::span<const double> x, std::span<const int32_t> samples) override {
    double sum = 0;
    for (const int32_t s : samples) sum += value_of(x, s);
    return sum;
  }

  double gradient(std::span<const double> x, std::span<const int32_t> samples, double scale,
                  std::span<double> gradient) override {
    double sum = 0;
    for (const int32_t s : samples) {
      const int64_t at = s / per_client_ * d_;
      for (int64_t j = 0; j < d_; ++j)
        gradient[j] += scale * (curvature_[at + j] * (x[j] - centre_[at + j]) + noise(s, j));
      sum += value_of(x, s);
    }
    return sum;
  }

  // Returns the minimum of F: each coordinate is a weighted mean of the clients' minimisers.
  double minimum() const {
    double sum = 0;
    for (int64_t j = 0; j < d_; ++j) {
      double weights = 0, weighted = 0;
      for (int64_t at = j; at < clients_ * d_; at += d_) {
        weights += curvature_[at];
        weighted += curvature_[at] * centre_[at];
      }
      for (int64_t at = j; at < clients_ * d_; at += d_) {
        const double off = weighted / weights - centre_[at];
        sum += 0.5 * curvature_[at] * off * off;
      }
    }
    return sum / static_cast<double>(clients_);
  }

 private:
  double noise(int64_t sample, int64_t j) const {
    return noise_.empty() ? 0 : noise_[sample * d_ + j];
  }

  double value_of(std::span<const double> x, int64_t sample) const {
    const int64_t at = sample / per_client_ * d_;
    double sum = 0;
    for (int64_t j = 0; j < d_; ++j) {
      const double off = x[j] - centre_[at + j];
      sum += 0.5 * curvature_[at + j] * off * off + noise(sample, j) * x[j];
    }
    return sum;
  }

  void draw_noise(double deviation, uint64_t seed) {
    noise_.resize(samples() * d_);
    for (int64_t i = 0; i < clients_; ++i)
      for (int64_t j = 0; j < d_; ++j) {
        double mean = 0;
        for (int64_t s = i * per_client_; s < (i + 1) * per_client_; ++s) {
          noise_[s * d_ + j] = deviation * Random(seed, Stream::data, s, 1).normal(j);
          mean += noise_[s * d_ + j] / static_cast<double>(per_client_);
        }
        for (int64_t s = i * per_client_; s < (i + 1) * per_client_; ++s)
          noise_[s * d_ + j] -= mean;
      }
  }

  const int64_t d_, per_client_, clients_;
  std::vector<double> curvature_, centre_;  // clients x d
  std::vector<double> noise_;               // samples x d; empty: there is none
};

}  // namespace

Federation<double> quadratic(const QuadraticOptions& options, int64_t clients, uint64_t seed) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (clients > most / options.samples)
    fail(ExitCode::config,
         "problem.samples: value {}: with {} clients more than 2^31 samples; allowed: up to {}",
         options.samples, clients, most / clients);
  auto oracle = std::make_unique<Quadratic>(options, clients, seed);
  Federation<double> federation{.dimension = options.dimension,
                                .samples = std::vector<std::vector<int32_t>>(clients),
                                .minimum = oracle->minimum()};
  for (int64_t s = 0; s < clients * options.samples; ++s)
    federation.samples[s / options.samples].push_back(static_cast<int32_t>(s));
  federation.oracle = std::move(oracle);
  return federation;
}

}  // namespace laconic::models
