#include "apps/laconic/report/summary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/laconic/report/html.hpp"
#include "apps/laconic/run/run_table.hpp"
#include "apps/laconic/run/score.hpp"
#include "framework/base/error.hpp"
#include "framework/base/json_text.hpp"

namespace laconic::report {
namespace {

using nlohmann::json;

json read_result(FileSystem& files, const std::string& run) {
  const std::string path = run + "/result.json";
  if (!files.exists(path)) fail(ExitCode::data, "{}: no result; the run has not finished", path);
  try {
    json result = parse_json(files.read(path));
    if (result.is_object()) return result;
  } catch (const Error& error) {
    fail(error.code(), "{}: is damaged: {}", path, error.what());
  }
  fail(ExitCode::data, "{}: is damaged: it holds no JSON object", path);
}

std::string line(const std::string& name, const std::string& value) {
  return fmt::format("{:36} {}", name, value);
}

std::string figure_line(const std::string& name, double value, const std::string& unit) {
  return line(name, fmt::format("{:>6}", figure_text(value, unit)));  // as wide as "84.1 %"
}

// Formats the baselines that the run itself stores.
std::string baseline_lines(const json& result) {
  std::string lines;
  const std::vector<FigureSpec> figures = figures_of(result);
  for (const json& baseline : result.value("baselines", json::array())) {
    const FigureSpec figure = find_figure(figures, text_at(baseline, "figure"));
    lines +=
        figure_line("  " + text_at(baseline, "name"), number_at(baseline, "value"), figure.unit) +
        "\n";
  }
  return lines;
}

std::string wire_line(const json& result) {
  const double sent = number_at(result, "comm/bytes_sent/max"),
               rounds = number_at(result, "comm/rounds/max"), ranks = number_at(result, "ranks");
  if (!std::isfinite(sent) || !std::isfinite(ranks)) return "";
  const double dense = number_at(result, "comm/dense_equivalent_bytes/max");
  return line("on the wire", fmt::format("{} sent by each of {} ranks", bytes_text(sent), ranks)) +
         (std::isfinite(rounds) ? fmt::format(" in {} rounds", rounds) : "") +
         (dense > 0 ? fmt::format(" (dense: {})\n", bytes_text(dense)) : "\n");
}

}  // namespace

std::string summary(FileSystem& files, const std::string& run,
                    const std::vector<std::string>& others) {
  const json result = read_result(files, run);
  std::vector<std::pair<std::string, json>> compared;
  for (const std::string& other : others) {
    const size_t equals = other.find('=');
    if (equals == other.npos) fail(ExitCode::usage, "--against: {}: must be NAME=RUN", other);
    compared.emplace_back(other.substr(0, equals), read_result(files, other.substr(equals + 1)));
  }
  std::string text;
  const std::vector<FigureSpec> reported = score_of(result).reported;
  for (const FigureSpec& figure : reported) {
    const auto line_of = [&](const std::string& name, const json& of) {
      return figure_line(name, metric_of(of, figure.name), figure.unit);
    };
    text += line_of(figure_title(figure.name), result);
    text += &figure == reported.data() ? fmt::format("  ({})\n", run) : "\n";
    for (const auto& [name, other] : compared) text += line_of("  " + name, other) + "\n";
  }
  text += baseline_lines(result) + wire_line(result);
  if (const double total = number_at(result, "time_s/total"); std::isfinite(total))
    text += line("time", fmt::format("{:.1f} s", total)) + "\n";
  return text + line("run folder", run) + "\n" + run_table(result);
}

}  // namespace laconic::report
