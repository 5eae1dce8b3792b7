#include "framework/observe/metrics.hpp"

#include <spdlog/spdlog.h>

#include "framework/base/error.hpp"

namespace laconic {

void MetricsLog::write(const nlohmann::json& record) {
  LACONIC_CHECK(record.is_object(), "{}: a record is an object", log_.path());
  for (const auto& [key, value] : record.items())
    LACONIC_CHECK(value.is_primitive(), "{}: {} is not a plain value", log_.path(), key);
  line_ = record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  line_ += '\n';
  log_.append(line_);
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
