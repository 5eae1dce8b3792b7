// Reads a run from its folder: finished, running, killed or damaged. Files that cannot be read are
// left out and named in `notes`. Nothing in the folder is executed.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/laconic/report/curve.hpp"
#include "apps/laconic/run/score.hpp"
#include "framework/base/file.hpp"

namespace laconic::report {

struct Setting {
  std::string value;        // as written
  bool is_default = false;  // not set by the user
};

struct Run {
  std::string path;
  std::string label;             // set by label_runs() (compare.hpp)
  std::string status = "empty";  // as in outcome.json, or "killed": its process is dead
  std::string message;
  int64_t step = 0;                       // the last one in metrics.jsonl
  std::map<std::string, Curve> curves;    // by the keys of metrics.jsonl
  std::map<std::string, Setting> config;  // by key.path
  std::string config_text;
  // The content of result.json; if it is missing, the part that the newest checkpoint contains.
  nlohmann::json result = nlohmann::json::object();
  bool from_checkpoint = false;
  std::vector<FigureSpec> figures;  // all that the run declares
  Score score;                      // the figures that count
  std::vector<std::string> notes;

  // Returns a number of the result by its path, "time_s/total"; NaN if there is none.
  double figure(const std::string& name) const { return number_at(result, name); }
};

bool is_run(FileSystem& files, const std::string& path);  // whether it has a file of a run folder
Run read_run(FileSystem& files, const std::string& path);

}  // namespace laconic::report
