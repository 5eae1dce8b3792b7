// metrics.jsonl: one flat JSON object a line, for programs. Append-only; a line is handed to the
// operating system as soon as it is written, so a killed process loses none.
//
// A checkpoint stores length(); a resumed run cuts the file back to it, so that no step appears
// twice.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/file.hpp"

namespace laconic {

class MetricsLog {
 public:
  // Opens for appending, or creates.
  MetricsLog(FileSystem& files, std::string path);

  // `record` must be flat: numbers, strings, booleans. NaN and infinities become null (JSON has
  // none).
  void write(const nlohmann::json& record);
  void sync();  // to the disk; before the checkpoint that stores length()
  int64_t length() const { return length_; }  // bytes

 private:
  std::string path_;
  std::unique_ptr<WritableFile> file_;
  int64_t length_ = 0;
  std::string line_;
};

// Cuts an append-only log back to the length a checkpoint recorded. A log that is missing or
// shorter (its disk lost the end) is left as it is, with a warning: the run's state matters more.
void truncate_log(FileSystem& files, const std::string& path, int64_t length);

}  // namespace laconic
