#include "apps/laconic/report/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "apps/laconic/report/checkpoint_figures.hpp"
#include "framework/base/error.hpp"
#include "framework/base/json_text.hpp"
#include "framework/config/reader.hpp"
#include "framework/observe/outcome.hpp"

namespace laconic::report {
namespace {

using nlohmann::json;

constexpr const char* run_files[] = {"outcome.json", "metrics.jsonl", "result.json", "config.yaml"};

void add_line(const json& line, Run& run) {
  const double step = line.value("step", std::numeric_limits<double>::quiet_NaN());
  if (!std::isfinite(step)) return;
  run.step = std::max(run.step, static_cast<int64_t>(step));
  for (const auto& [key, value] : line.items()) {
    if (key == "step" || !(value.is_number() || value.is_null())) continue;
    Curve& curve = run.curves[key];
    curve.steps.push_back(step);
    curve.values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                           : value.get<double>());
  }
}

bool is_record(const json& line) {
  return line.is_object() && line.contains("step") && line["step"].is_number();
}

// Parses a line of metrics.jsonl; returns null if it is damaged.
json record_of(std::string_view line) {
  try {
    return parse_json(line);
  } catch (const Error&) {
    return nullptr;
  }
}

void read_metrics(const std::string& text, Run& run) {
  int64_t number = 0, bad = 0, first_bad = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line(text.data() + start, end - start);
    start = end + 1;
    ++number;
    const json record = record_of(line);
    if (is_record(record)) {
      add_line(record, run);
    } else if (end == text.size()) {
      run.notes.push_back(fmt::format("metrics.jsonl: line {}, the last, is cut off", number));
    } else if (bad++ == 0) {
      first_bad = number;
    }
  }
  if (bad > 0)
    run.notes.push_back(
        fmt::format("metrics.jsonl: {} unreadable {} left out, the first is line {}", bad,
                    bad == 1 ? "line" : "lines", first_bad));
}

std::string flat_text(const config::Node& node) {
  if (node.kind != config::Node::Kind::list) return node.text;
  std::string text;
  for (const auto& item : node.items)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", flat_text(*item));
  return fmt::format("[{}]", text);
}

// Returns whether the value in this line of config.yaml is a default. The file has one key per
// line, and behind each value its origin.
bool says_default(const std::string& text, int line) {
  size_t start = 0;
  for (int i = 1; i < line && start != text.npos; ++i) start = text.find('\n', start + 1);
  if (start == text.npos) return false;
  const std::string_view rest(text.data() + start, text.size() - start);
  return rest.substr(0, rest.find('\n', 1)).ends_with("  # default");
}

void flatten(const config::Node& node, const std::string& path, const std::string& text, Run& run) {
  if (node.kind != config::Node::Kind::map) {
    run.config[path] = {flat_text(node), says_default(text, node.at.line)};
    return;
  }
  for (size_t i = 0; i < node.keys.size(); ++i)
    flatten(*node.items[i], path.empty() ? node.keys[i].name : path + "." + node.keys[i].name, text,
            run);
}

void read_config(std::string text, Run& run) {
  const config::Document document = config::read_yaml(text, "config.yaml");
  for (const config::Problem& problem : document.problems) run.notes.push_back(problem.text());
  if (document.complete && document.root->kind == config::Node::Kind::map)
    flatten(*document.root, "", text, run);
  run.config_text = std::move(text);
}

void read_status(FileSystem& files, Run& run) {
  const Outcome outcome = read_outcome(files, run.path);
  run.status = status_name(outcome.status);
  run.message = outcome.message;
  if (outcome.status == RunStatus::running && outcome.process.host == this_process().host &&
      !is_alive(outcome.process))
    run.status = "killed";
}

}  // namespace

bool is_run(FileSystem& files, const std::string& path) {
  return std::ranges::any_of(
      run_files, [&](const char* name) { return files.exists(fmt::format("{}/{}", path, name)); });
}

Run read_run(FileSystem& files, const std::string& path) {
  Run run;
  run.path = path;
  // If one file is damaged, the others are still read.
  const auto part = [&](const char* name, auto&& read) {
    const std::string file = fmt::format("{}/{}", path, name);
    if (!files.exists(file)) return false;
    try {
      read(file);
      return true;
    } catch (const std::exception& error) {
      run.notes.push_back(fmt::format("{}: {}", name, error.what()));
      return false;
    }
  };
  part("outcome.json", [&](const std::string&) { read_status(files, run); });
  part("config.yaml", [&](const std::string& file) { read_config(files.read(file), run); });
  part("metrics.jsonl", [&](const std::string& file) { read_metrics(files.read(file), run); });
  const bool finished = part("result.json", [&](const std::string& file) {
    json result = parse_json(files.read(file));
    if (!result.is_object()) fail(ExitCode::data, "is no object");
    run.result = std::move(result);
  });
  if (!finished)
    part("checkpoints", [&](const std::string& folder) {
      run.result = figures_of_newest_checkpoint(files, folder);
      run.from_checkpoint = !run.result.empty();
    });
  run.figures = figures_of(run.result);
  run.score = score_of(run.result, [&](const std::string& name) {
    return run.curves.contains(name) || std::isfinite(metric_of(run.result, name));
  });
  return run;
}

}  // namespace laconic::report
