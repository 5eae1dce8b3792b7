#include "models/problems/logistic.hpp"

#include <cmath>

namespace laconic::models {
namespace {

class Logistic final : public Oracle<double> {
 public:
  Logistic(LabelledRows rows, double l2) : rows_(std::move(rows)), l2_(l2) {}

  int64_t dimension() const override { return rows_.dimension; }
  int64_t samples() const override { return rows_.count(); }

  double value(std::span<const double> w, std::span<const int32_t> samples) override {
    double sum = 0;
    for (const int32_t s : samples) sum += loss(margin(w, s));
    return sum + static_cast<double>(samples.size()) * penalty(w);
  }

  double gradient(std::span<const double> w, std::span<const int32_t> samples, double scale,
                  std::span<double> gradient) override {
    double sum = 0;
    for (const int32_t s : samples) {
      const double m = margin(w, s);
      const double slope = -scale * rows_.labels[s] / (1 + std::exp(m));
      for (int64_t e = rows_.starts[s]; e < rows_.starts[s + 1]; ++e)
        gradient[rows_.columns[e]] += slope * rows_.values[e];
      sum += loss(m);
    }
    const auto n = static_cast<double>(samples.size());
    for (size_t j = 0; j < w.size(); ++j) gradient[j] += scale * n * l2_ * w[j];
    return sum + n * penalty(w);
  }

 private:
  double margin(std::span<const double> w, int32_t s) const {  // y_s z_s·w
    double sum = 0;
    for (int64_t e = rows_.starts[s]; e < rows_.starts[s + 1]; ++e)
      sum += rows_.values[e] * w[rows_.columns[e]];
    return rows_.labels[s] * sum;
  }
  // Returns log(1 + exp(-m)) without overflow.
  static double loss(double m) { return std::log1p(std::exp(-std::abs(m))) + std::max(-m, 0.0); }
  double penalty(std::span<const double> w) const {
    double sum = 0;
    for (const double v : w) sum += v * v;
    return 0.5 * l2_ * sum;
  }

  const LabelledRows rows_;
  const double l2_;
};

}  // namespace

std::unique_ptr<Oracle<double>> logistic(LabelledRows rows, double l2) {
  return std::make_unique<Logistic>(std::move(rows), l2);
}

}  // namespace laconic::models
