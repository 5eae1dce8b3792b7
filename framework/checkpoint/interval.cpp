#include "framework/checkpoint/interval.hpp"

#include <cmath>

namespace laconic {

double best_interval(double write_s, double mtbf_s) {
  if (write_s >= 2 * mtbf_s) return mtbf_s;
  const double x = write_s / (2 * mtbf_s);
  return std::sqrt(2 * write_s * mtbf_s) * (1 + std::sqrt(x) / 3 + x / 9) - write_s;
}

double expected_write_s(int64_t bytes) {
  constexpr double bytes_per_s = 200e6, file_s = 0.05;
  return file_s + static_cast<double>(bytes) / bytes_per_s;
}

}  // namespace laconic
