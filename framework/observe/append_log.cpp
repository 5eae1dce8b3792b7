#include "framework/observe/append_log.hpp"

#include <spdlog/spdlog.h>

#include "framework/base/error.hpp"

namespace laconic {

AppendLog::AppendLog(FileSystem& files, std::string path)
    : files_(files),
      path_(std::move(path)),
      file_(files.open_append(path_)),
      written_(files.size(path_)) {}

void AppendLog::append(std::string_view text) {
  const bool failed_before = !kept_.empty();
  try {
    if (failed_before) {
      kept_ += text;
      write_kept();
      return;
    }
    file_->append(text);
    written_ += static_cast<int64_t>(text.size());
  } catch (const Error& error) {
    if (failed_before) return;
    kept_ = text;
    spdlog::warn("{}; kept in memory until there is room", error.what());
  }
}

void AppendLog::write_kept() {
  files_.truncate(path_, written_);  // a write that failed may have written a part
  file_->append(kept_);
  written_ += static_cast<int64_t>(kept_.size());
  kept_.clear();
}

void AppendLog::sync() {
  if (!kept_.empty()) write_kept();
  file_->sync();
}

}  // namespace laconic
