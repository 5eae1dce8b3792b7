#include "framework/observe/metrics.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <iterator>

namespace laconic {

void MetricsLog::begin(std::string_view name) {
  line_ += line_.empty() ? "{\"" : ",\"";
  line_ += name;
  line_ += "\":";
}

void MetricsLog::put(std::string_view name, int64_t value) {
  begin(name);
  fmt::format_to(std::back_inserter(line_), "{}", value);
}

void MetricsLog::put(std::string_view name, double value) {
  begin(name);
  if (std::isfinite(value))
    fmt::format_to(std::back_inserter(line_), "{}", value);
  else
    line_ += "null";
}

void MetricsLog::end_line() {
  line_ += line_.empty() ? "{}\n" : "}\n";
  log_.append(line_);
  line_.clear();
}

void truncate_log(FileSystem& files, const std::string& path, int64_t length) {
  const int64_t found = files.exists(path) ? files.size(path) : 0;
  if (found < length) {
    spdlog::warn("{}: has {} bytes, but had {} when the checkpoint was written: lines are lost", path,
                 found, length);
  } else if (found > length) {
    files.truncate(path, length);
  }
}

}  // namespace laconic
