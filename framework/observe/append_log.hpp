// A log that a full disk does not end: what finds no room now is kept in memory and written later,
// in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "framework/base/file.hpp"

namespace laconic {

class AppendLog {
 public:
  // Opens for appending, or creates.
  AppendLog(FileSystem& files, std::string path);

  // Keeps `text`, with one warning, where it cannot be written. Allocates nothing otherwise.
  void append(std::string_view text);
  // All to the disk, or Error(io): nothing is lost, and a later sync() may succeed.
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
