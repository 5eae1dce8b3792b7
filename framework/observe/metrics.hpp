// metrics.jsonl: one flat JSON object a line, for programs. Append-only; a line is handed to the
// operating system as soon as it is written, so a killed process loses none (on a full disk: as
// soon as there is room).
//
// A checkpoint stores length(); a resumed run cuts the file back to it, so that no step appears
// twice.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/observe/append_log.hpp"

namespace laconic {

class MetricsLog {
 public:
  // Opens for appending, or creates.
  MetricsLog(FileSystem& files, std::string path) : log_(files, std::move(path)) {}

  // `record` must be flat: numbers, strings, booleans. NaN and infinities become null (JSON has
  // none).
  void write(const nlohmann::json& record);
  void sync() { log_.sync(); }  // to the disk; before the checkpoint that stores length()
  int64_t length() const { return log_.length(); }  // bytes

 private:
  AppendLog log_;
  std::string line_;
};

// Cuts an append-only log back to the length a checkpoint recorded. A log that is missing or
// shorter (its disk lost the end) is left as it is, with a warning: the run's state matters more.
void truncate_log(FileSystem& files, const std::string& path, int64_t length);

}  // namespace laconic
