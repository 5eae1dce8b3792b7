#include "apps/laconic/report/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace laconic::report {
namespace {

using Path = std::filesystem::path;

std::vector<Path> parts_of(const std::string& path) {
  Path normal = Path(path).lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();  // a slash at the end
  return {normal.begin(), normal.end()};
}

std::string value_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump();
}

}  // namespace

void label_runs(std::vector<Run>& runs) {
  if (runs.empty()) return;
  std::vector<std::vector<Path>> parts;
  for (const Run& run : runs) parts.push_back(parts_of(run.path));
  size_t shared = 0;
  const auto same = [&](const std::vector<Path>& p) {
    return shared + 1 < p.size() && p[shared] == parts[0][shared];
  };
  while (std::ranges::all_of(parts, same)) ++shared;
  for (size_t i = 0; i < runs.size(); ++i) {
    Path label;
    for (size_t p = shared; p < parts[i].size(); ++p) label /= parts[i][p];
    runs[i].label = label.string();
  }
}

bool names_a_run(const std::string& key) {
  return key == "name" || key == "run.dir" || key == "run.if_exists";
}

std::vector<Row> config_differences(const std::vector<Run>& runs) {
  std::set<std::string> keys;
  for (const Run& run : runs)
    for (const auto& [key, value] : run.config) keys.insert(key);
  std::erase_if(keys, names_a_run);
  std::vector<Row> rows;
  for (const std::string& key : keys) {
    Row row{key, {}, true};
    for (const Run& run : runs) {
      const auto found = run.config.find(key);
      const bool known = found != run.config.end();
      row.values.push_back(known ? found->second.value : "");
      if (known && !found->second.is_default) row.is_default = false;
    }
    if (std::ranges::adjacent_find(row.values, std::not_equal_to()) != row.values.end())
      rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> all_figures(const std::vector<Run>& runs) {
  std::map<std::string, std::vector<std::string>> figures;
  for (size_t i = 0; i < runs.size(); ++i) {
    nlohmann::json result = runs[i].result;
    for (const char* description : {"figures", "phases", "course"}) result.erase(description);
    if (result.empty()) continue;
    const nlohmann::json flat = result.flatten();
    for (const auto& [key, value] : flat.items()) {
      auto& values = figures[key.substr(1)];
      values.resize(runs.size());
      values[i] = value_text(value);
    }
  }
  std::vector<Row> rows;
  for (auto& [key, values] : figures) rows.push_back({key, std::move(values)});
  return rows;
}

}  // namespace laconic::report
