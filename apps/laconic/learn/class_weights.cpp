#include "apps/laconic/learn/class_weights.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/config/scalar.hpp"

namespace laconic {
namespace {

bool is_word(const std::vector<std::string>& wanted, const char* word) {
  return wanted.size() == 1 && wanted[0] == word;
}

}  // namespace

std::string wrong_class_weights(const std::vector<std::string>& wanted) {
  if (is_word(wanted, "none") || is_word(wanted, "balanced")) return "";
  for (const std::string& text : wanted) {
    const auto number = config::parse_real(text);
    if (!number.value || !(*number.value > 0) || !std::isfinite(*number.value))
      return fmt::format("value {}; allowed: none, balanced, or a number > 0 per class", text);
  }
  return wanted.empty() ? "an empty list; allowed: none, balanced, or a number > 0 per class" : "";
}

std::vector<float> class_weights(const std::vector<std::string>& wanted,
                                 std::span<const int32_t> labels,
                                 const std::vector<int32_t>& training_rows, int32_t classes) {
  if (is_word(wanted, "none")) return {};
  if (labels.empty())
    fail(ExitCode::config, "train.class_weights: only for one class per row; allowed here: none");
  std::vector<double> counts(classes, 0), weights(classes, 0);
  for (const int32_t row : training_rows)
    if (labels[row] >= 0) ++counts[labels[row]];
  if (is_word(wanted, "balanced")) {
    for (int32_t c = 0; c < classes; ++c) weights[c] = counts[c] > 0 ? 1 / counts[c] : 0;
  } else {
    if (std::ssize(wanted) != classes)
      fail(ExitCode::config, "train.class_weights: {} numbers, but there are {} classes",
           wanted.size(), classes);
    for (int32_t c = 0; c < classes; ++c) weights[c] = *config::parse_real(wanted[c]).value;
  }
  double sum = 0, rows = 0;
  for (int32_t c = 0; c < classes; ++c) {
    sum += weights[c] * counts[c];
    rows += counts[c];
  }
  std::vector<float> scaled;
  for (const double weight : weights)
    scaled.push_back(static_cast<float>(sum > 0 ? weight * rows / sum : 1));
  return scaled;
}

void weigh(std::span<const float> weights, std::span<const int32_t> classes,
           MatrixView<float> gradient) {
  if (weights.empty() || gradient.data == nullptr) return;
  for (int64_t i = 0; i < gradient.rows; ++i) {
    if (classes[i] < 0) continue;
    const float weight = weights[classes[i]];
    for (int64_t c = 0; c < gradient.cols; ++c) gradient.row(i)[c] *= weight;
  }
}

}  // namespace laconic
