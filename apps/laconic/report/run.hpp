// A run as its folder tells it: finished, running, killed or damaged. What cannot be read is left
// out and said in `notes`; nothing in the folder is ever executed.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/laconic/report/curve.hpp"
#include "framework/base/file.hpp"

namespace laconic::report {

struct Setting {
  std::string value;        // as written
  bool is_default = false;  // nobody said it
};

struct Run {
  std::string path;
  std::string label;             // set when it is known which runs stand beside it (compare.hpp)
  std::string status = "empty";  // of outcome.json, or "killed": its process is dead
  std::string message;
  int64_t step = 0;                       // the last one in metrics.jsonl
  std::map<std::string, Curve> curves;    // by the keys of metrics.jsonl
  std::map<std::string, Setting> config;  // by key.path
  std::string config_text;
  // result.json; of a run that has none, the part of it that its newest checkpoint knows.
  nlohmann::json result = nlohmann::json::object();
  bool from_checkpoint = false;
  std::vector<std::string> notes;

  // A number of the result by its path, "time_s/total"; NaN where there is none.
  double figure(const std::string& name) const;
};

bool is_run(FileSystem& files, const std::string& path);  // has one of a run folder's files
Run read_run(FileSystem& files, const std::string& path);

}  // namespace laconic::report
