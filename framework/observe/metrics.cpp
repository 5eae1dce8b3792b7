#include "framework/observe/metrics.hpp"

#include <spdlog/spdlog.h>

#include "framework/base/error.hpp"

namespace laconic {

MetricsLog::MetricsLog(FileSystem& files, std::string path)
    : path_(std::move(path)), file_(files.open_append(path_)), length_(files.size(path_)) {}

void MetricsLog::write(const nlohmann::json& record) {
  LACONIC_CHECK(record.is_object(), "{}: a record is an object", path_);
  for (const auto& [key, value] : record.items())
    LACONIC_CHECK(value.is_primitive(), "{}: {} is not a plain value", path_, key);
  line_ = record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  line_ += '\n';
  file_->append(line_);
  length_ += static_cast<int64_t>(line_.size());
}

void MetricsLog::sync() {
  file_->sync();
}

void truncate_log(FileSystem& files, const std::string& path, int64_t length) {
  const int64_t found = files.exists(path) ? files.size(path) : 0;
  if (found < length) {
    spdlog::warn("{}: has {} bytes, the checkpoint saw {}: some lines before it are lost", path,
                 found, length);
  } else if (found > length) {
    files.truncate(path, length);
  }
}

}  // namespace laconic
