// Writes metrics.jsonl: one flat JSON object of numbers per line, for programs. The file is
// append-only. Each line is passed to the operating system at once, so a killed process loses no
// line. If the disk is full, lines are kept in memory until there is space.
//
// A checkpoint stores length(). A resumed run truncates the file to this length, so that no step
// appears twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/observe/append_log.hpp"

namespace laconic {

class MetricsLog {
 public:
  // Opens the file for appending, or creates it.
  MetricsLog(FileSystem& files, std::string path) : log_(files, std::move(path)) {}

  // Adds a number to the line. NaN and infinities become null, since JSON does not have them.
  // `name` must be a plain word, since nothing in it is escaped. Allocates nothing if an earlier
  // line was as long.
  void put(std::string_view name, int64_t value);
  void put(std::string_view name, double value);
  // Passes the line to the operating system.
  void end_line();
  void sync() { log_.sync(); }  // to the disk; before the checkpoint that stores length()
  int64_t length() const { return log_.length(); }  // bytes

 private:
  void begin(std::string_view name);

  AppendLog log_;
  std::string line_;  // the unfinished line
};

// Truncates an append-only log to the length that a checkpoint recorded. A log may be missing, or
// shorter because the disk has lost its end. Then it stays unchanged and a warning is logged, since
// the state of the run is more important.
void truncate_log(FileSystem& files, const std::string& path, int64_t length);

}  // namespace laconic
