// Run folders as laconic leaves them, finished or not, written by hand.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/file.hpp"
#include "framework/base/process.hpp"
#include "framework/checkpoint/manifest.hpp"
#include "framework/observe/outcome.hpp"
#include "tests/apps/run/results.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::report::test {

inline void write_text(const std::string& path, const std::string& text) {
  write_atomically(real_files(), path, text);
}

inline nlohmann::json rank_figures(double seconds, double bytes) {
  return {{"bytes_sent", bytes},
          {"bytes_received", bytes},
          {"messages", 10},
          {"rounds", 5},
          {"dense_equivalent_bytes", 4 * bytes},
          {"sent_by_phase", {{"reduce", bytes}}},
          {"phases", {seconds, seconds, seconds, seconds, seconds, seconds, seconds, seconds}},
          {"peak_host", 1e6}};
}

struct RunText {
  int64_t steps = 20;
  std::string config = "model:\n  kind: gcn  # default\n  hidden: 16\n";
  RunStatus status = RunStatus::completed;
  bool result = true;
  std::string more_metrics = {};  // behind the steps
};

inline void make_run(const std::string& path, const RunText& text = {}) {
  FileSystem& files = real_files();
  files.make_directories(path);
  Outcome outcome;
  outcome.status = text.status;
  outcome.process = this_process();
  write_outcome(files, path, outcome);
  write_text(path + "/config.yaml", text.config);
  std::string metrics;
  for (int64_t s = 1; s <= text.steps; ++s)
    metrics +=
        fmt::format("{{\"step\":{},\"epoch\":{},\"loss\":{},\"accuracy\":0.5,\"lr\":0.01}}\n", s,
                    s / 10, 1.0 / static_cast<double>(s));
  metrics +=
      fmt::format("{{\"step\":{},\"val/accuracy\":0.75,\"test/accuracy\":0.7}}\n", text.steps);
  write_text(path + "/metrics.jsonl", metrics + text.more_metrics);
  if (!text.result) return;
  write_text(path + "/result.json",
             R"({"status": "completed", "ranks": 2, "metrics": {"val": {"accuracy": 0.75},
                 "test": {"accuracy": 0.71}}, "time_s": {"total": 10, "forward": 4, "backward": 5},
                 "comm": {"bytes_sent": {"max": 3e6, "mean": 2e6}, "rounds": {"max": 20, "mean": 20},
                 "dense_equivalent_bytes": {"max": 8e6, "mean": 8e6}}})");
}

// Of a method that trains no network: see other_result().
inline void make_other_run(const std::string& path, double error, bool result = true) {
  make_run(path, {.steps = 0, .config = "method: toy\n", .result = false});
  std::string metrics;
  for (const int64_t step : {10, 1000, 100000, 1000000}) {
    metrics += fmt::format("{{\"step\":{},\"noise\":0.5}}\n", step);
    metrics += fmt::format("{{\"step\":{},\"error\":{},\"kept\":0.5}}\n", step,
                           step == 100000 ? error : 2 * error);
  }
  write_text(path + "/metrics.jsonl", metrics);
  if (result) write_text(path + "/result.json", laconic::test::other_result(error).dump());
}

inline void make_checkpoint(const std::string& run, int64_t step,
                            const nlohmann::json& attributes = nlohmann::json::object()) {
  Manifest manifest{step, 2, {}, {}};
  manifest.attributes = {{"ranks", {rank_figures(1, 100), rank_figures(3, 300)}}, {"seconds", 20}};
  manifest.attributes.update(attributes);
  const std::string folder = fmt::format("{}/checkpoints/step-{}", run, step);
  real_files().make_directories(folder);
  write_text(folder + "/manifest.json", encode_manifest(manifest));
}

}  // namespace laconic::report::test
