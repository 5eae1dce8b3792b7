// Copies the log to a file. The run continues if the file cannot be written, since the log is also
// written to the terminal.
#pragma once

#include <spdlog/common.h>

#include <string>

#include "framework/base/file.hpp"

namespace laconic {

// Returns a sink that appends to `path`. Logs one warning if the file cannot be written.
// Thread safety: thread-safe, like every sink of spdlog whose name ends in _mt.
spdlog::sink_ptr make_log_file(FileSystem& files, const std::string& path);

}  // namespace laconic
