#include "apps/laconic/run/ending.hpp"

#include <fmt/format.h>

#include <cmath>

#include "apps/laconic/run/score.hpp"

namespace laconic {

std::string ending(const nlohmann::json& result, const std::string& folder, bool predicts) {
  const Score score = score_of(result);
  std::vector<FigureSpec> figures = score.reported;
  if (!score.monitor.name.empty() && figures[0] != score.monitor)
    figures.insert(figures.begin(), score.monitor);
  std::string answer;
  for (const FigureSpec& figure : figures)
    answer += fmt::format("{}{} {}", answer.empty() ? "" : ", ", figure_title(figure.name),
                          figure_text(metric_of(result, figure.name), figure.unit));
  const double best = number_at(result, "metrics/best_step"), steps = number_at(result, "steps");
  if (!answer.empty() && !score.monitor.name.empty() && best >= 0)
    answer += fmt::format(", at step {} of {}, the best by {}", best, steps, score.monitor.name);
  const std::string next = predicts ? fmt::format("laconic predict {} -o predictions.csv", folder)
                                    : fmt::format("laconic report {} -o report.html", folder);
  return fmt::format("{}{}run folder: {}\nnext: {}\n", answer, answer.empty() ? "" : "\n", folder,
                     next);
}

}  // namespace laconic
