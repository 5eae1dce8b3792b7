#include "data/unpacked.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/base/error.hpp"

namespace laconic::data {

int64_t memory_of_this_machine() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

void require_memory(int64_t bytes, const std::string& where) {
  if (bytes > memory_of_this_machine() / 3)
    fail(ExitCode::data, "{}: unpacks to {} bytes or more; allowed: a third of the memory, {}",
         where, bytes, memory_of_this_machine() / 3);
}

Unpacked::Unpacked(const std::string& path) : path_(path), file_(nullptr, gzclose) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    fail(ExitCode::data, "{}: cannot be read: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) fail(ExitCode::data, "{}: is not a file", path);
  file_.reset(gzopen(path.c_str(), "rb"));
  if (!file_) fail(ExitCode::data, "{}: cannot be read: {}", path, std::strerror(errno));
  gzbuffer(file_.get(), 1 << 18);
  most_ = info.st_size;
  if (gzdirect(file_.get()) == 0) most_ *= largest_compression;
}

int64_t Unpacked::read(void* to, int64_t count) {
  int64_t done = 0;
  while (done < count) {
    const auto piece = static_cast<unsigned>(std::min<int64_t>(count - done, 1 << 24));
    const int got = gzread(file_.get(), static_cast<char*>(to) + done, piece);
    if (got > 0) done += got;
    if (got == static_cast<int>(piece)) continue;
    offset_ += done;
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END)
      fail(ExitCode::data, "{}: byte {}: damaged or truncated gzip: {}", path_, offset_, message);
    return done;
  }
  offset_ += done;
  return done;
}

std::string read_unpacked(const std::string& path) {
  Unpacked file(path);
  std::string content;
  for (int64_t piece = 1 << 16;; piece = std::min<int64_t>(2 * piece, 1 << 26)) {
    require_memory(file.offset() + 1, path);
    const size_t old = content.size();
    content.resize(old + piece);
    const int64_t got = file.read(content.data() + old, piece);
    content.resize(old + got);
    if (got < piece) return content;
  }
}

}  // namespace laconic::data
