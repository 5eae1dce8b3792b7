#include "apps/laconic/run/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace laconic {
namespace {

using nlohmann::json;

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

// Runs of older versions do not store their figures. All of them trained a network.
bool names_its_figures(const json& facts) {
  return facts.is_object() && (facts.contains("figures") || facts.contains("monitor"));
}

std::vector<FigureSpec> network_figures() {
  std::vector<FigureSpec> figures = {{"loss", "", Better::lower},
                                     {"accuracy", "fraction", Better::higher}};
  for (const char* split : {"val", "test", "train"}) {
    figures.push_back({fmt::format("{}/loss", split), "", Better::lower});
    for (const char* score : {"accuracy", "micro_f1", "macro_f1", "roc_auc"})
      figures.push_back({fmt::format("{}/{}", split, score), "fraction", Better::higher});
  }
  figures.push_back({"lr", "", Better::neither});
  figures.push_back({"gradient_norm", "", Better::neither});
  return figures;
}

// Rows with one label have an accuracy, rows with several a micro F1.
std::string network_monitor(const std::function<bool(const std::string&)>& has) {
  for (const char* name : {"val/accuracy", "val/micro_f1", "val/loss"})
    if (has(name)) return name;
  return "";
}

}  // namespace

std::string text_at(const json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_at(const json& object, std::string_view path) {
  const json* place = &object;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    if (!place->is_object()) return absent;
    const auto found = place->find(std::string(path.substr(start, end - start)));
    if (found == place->end()) return absent;
    place = &*found;
    start = end + 1;
  }
  return place->is_number() ? place->get<double>() : absent;
}

double metric_of(const json& result, const std::string& name) {
  return number_at(result, "metrics/" + name);
}

std::vector<FigureSpec> figures_of(const json& facts) {
  if (!names_its_figures(facts)) return network_figures();
  return figures_from_json(facts.value("figures", json::array()));
}

FigureSpec find_figure(const std::vector<FigureSpec>& figures, const std::string& name) {
  const auto found = std::ranges::find(figures, name, &FigureSpec::name);
  return found == figures.end() ? FigureSpec{name, "", Better::neither} : *found;
}

Score score_of(const json& facts, const std::function<bool(const std::string&)>& has) {
  const std::vector<FigureSpec> figures = figures_of(facts);
  const std::string name =
      names_its_figures(facts) ? text_at(facts, "monitor") : network_monitor(has);
  Score score;
  if (name.empty()) {
    std::ranges::copy_if(
        figures, std::back_inserter(score.reported),
        [&](const FigureSpec& figure) { return std::isfinite(metric_of(facts, figure.name)); });
    return score;
  }
  score.monitor = find_figure(figures, name);
  if (const auto better = parse_better(text_at(facts, "better"))) score.monitor.better = *better;
  const std::string test = name.starts_with("val/") ? "test" + name.substr(3) : "";
  const bool has_test = !test.empty() && has(test);
  score.reported = {has_test ? find_figure(figures, test) : score.monitor};
  return score;
}

Score score_of(const json& result) {
  return score_of(result,
                  [&](const std::string& name) { return std::isfinite(metric_of(result, name)); });
}

std::string figure_text(double value, const std::string& unit) {
  if (!std::isfinite(value)) return unknown_text;
  if (unit == "fraction") return fmt::format("{:.1f} %", 100 * value);
  return fmt::format("{:.4g}{}{}", value, unit.empty() ? "" : " ", unit);
}

std::string figure_title(std::string name) {
  std::ranges::replace(name, '/', ' ');
  return name;
}

}  // namespace laconic
