// A log that survives a full disk: text that cannot be written is kept in memory, and is written
// later in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "framework/base/file.hpp"

namespace laconic {

class AppendLog {
 public:
  // Opens the file for appending, or creates it.
  AppendLog(FileSystem& files, std::string path);

  // Writes `text`. If it cannot be written, keeps it and logs one warning. Otherwise allocates
  // nothing.
  void append(std::string_view text);
  // Writes all text to the disk. Error(io) if this fails; no text is lost, and a later sync() may
  // succeed.
  void sync();
  int64_t length() const { return written_ + static_cast<int64_t>(kept_.size()); }  // bytes
  const std::string& path() const { return path_; }

 private:
  void write_kept();

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<WritableFile> file_;
  int64_t written_ = 0;
  std::string kept_;
};

}  // namespace laconic
