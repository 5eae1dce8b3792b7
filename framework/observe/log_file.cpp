#include "framework/observe/log_file.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <mutex>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LogFile(FileSystem& files, const std::string& path) {
    attempt([&] { file_ = files.open_append(path); });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!file_) return;
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    attempt([&] { file_->append(std::string_view(line.data(), line.size())); });
  }
  void flush_() override {}  // every line is passed to the operating system at once

 private:
  // The warning cannot go through the log, which is being written.
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const Error& error) {
      if (!warned_) std::fprintf(stderr, "laconic: %s; the log goes on here\n", error.what());
      warned_ = true;
    }
  }

  std::unique_ptr<WritableFile> file_;
  bool warned_ = false;
};

}  // namespace

spdlog::sink_ptr make_log_file(FileSystem& files, const std::string& path) {
  return std::make_shared<LogFile>(files, path);
}

}  // namespace laconic
