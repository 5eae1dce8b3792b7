// The operating system's files behind the FileSystem interface. Owns no state besides descriptors.
//
// A code for each cause: a file that is not there is `data`, a file or folder that may not be made
// is `cannot_create`, everything else the kernel refuses (disk full included) is `io`.
#include "framework/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "framework/base/error.hpp"
#include "framework/base/fault.hpp"

namespace laconic {
namespace {

std::string cause(int error) {
  return std::generic_category().message(error);
}

[[noreturn]] void fail_io(const char* action, const std::string& path, int error) {
  fail(ExitCode::io, "{}: cannot {}: {}", path, action, cause(error));
}

[[noreturn]] void fail_open(const std::string& path, int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  fail(missing ? ExitCode::data : ExitCode::io, "{}: cannot open: {}", path, cause(error));
}

[[noreturn]] void fail_create(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EIO;
  fail(full ? ExitCode::io : ExitCode::cannot_create, "{}: cannot create: {}", path, cause(error));
}

// Repeats a system call that a signal interrupted.
template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ != -1) ::close(fd_);
  }
  int get() const { return fd_; }
  // Not repeated after EINTR: Linux has released the descriptor by then.
  int close() { return ::close(std::exchange(fd_, -1)) == 0 || errno == EINTR ? 0 : errno; }

 private:
  int fd_;
};

Descriptor open_for_reading(const std::string& path, int flags = 0) {
  const int fd = retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags); });
  if (fd == -1) fail_open(path, errno);
  return Descriptor(fd);
}

class PosixFile final : public WritableFile {
 public:
  PosixFile(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  void append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          retry([&] { return ::write(descriptor_.get(), bytes.data(), bytes.size()); });
      if (written == -1) fail_io("write", path_, errno);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
  }
  void sync() override {
    if (retry([&] { return ::fsync(descriptor_.get()); }) == -1) fail_io("sync", path_, errno);
  }
  void close() override {
    if (const int error = descriptor_.close()) fail_io("close", path_, error);
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

class RealFileSystem final : public FileSystem {
 public:
  std::unique_ptr<WritableFile> create(const std::string& path) override {
    return open_for_writing(path, O_TRUNC);
  }
  std::unique_ptr<WritableFile> open_append(const std::string& path) override {
    return open_for_writing(path, O_APPEND);
  }

  std::string read(const std::string& path) override {
    const Descriptor file = open_for_reading(path);
    struct stat status {};
    if (::fstat(file.get(), &status) == -1) fail_io("read", path, errno);
    std::string text(static_cast<size_t>(status.st_size) + 1, '\0');  // + 1 to meet the end
    size_t length = 0;
    for (;;) {  // fstat may be wrong: files of /proc have size 0
      if (length == text.size()) text.resize(2 * text.size() + 4096);
      const ssize_t got =
          retry([&] { return ::read(file.get(), text.data() + length, text.size() - length); });
      if (got == -1) fail_io("read", path, errno);
      if (got == 0) break;
      length += static_cast<size_t>(got);
    }
    text.resize(length);
    return text;
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == -1)
      fail(ExitCode::io, "{}: cannot rename to {}: {}", from, to, cause(errno));
  }
  void remove_all(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) fail_io("remove", path, error.value());
  }
  void make_directories(const std::string& path) override {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) fail_create(path, error.value());
  }
  void sync_directory(const std::string& path) override {
    const Descriptor folder = open_for_reading(path, O_DIRECTORY);
    // Some file systems know no fsync of a folder and say EINVAL; there is nothing to wait for
    // then.
    if (retry([&] { return ::fsync(folder.get()); }) == -1 && errno != EINVAL)
      fail_io("sync", path, errno);
  }
  void truncate(const std::string& path, int64_t length) override {
    if (retry([&] { return ::truncate(path.c_str(), length); }) == -1)
      fail_io("truncate", path, errno);
  }
  bool exists(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail_io("look up", path, errno);
  }
  int64_t size(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) == -1) fail_open(path, errno);
    return status.st_size;
  }
  std::vector<std::string> list(const std::string& path) override {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator entry(path, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
      names.push_back(entry->path().filename().string());
    if (error) fail_open(path, error.value());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  static std::unique_ptr<WritableFile> open_for_writing(const std::string& path, int flags) {
    const int fd =
        retry([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666); });
    if (fd == -1) fail_create(path, errno);
    return std::make_unique<PosixFile>(path, Descriptor(fd));
  }
};

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

FileSystem& real_files() {
  static RealFileSystem files;
  return files;
}

void write_atomically(FileSystem& files, const std::string& path, std::string_view text) {
  const std::string temporary = path + ".tmp";
  try {
    const auto file = files.create(temporary);
    fault_point("atomic.created");
    file->append(text);
    fault_point("atomic.written");
    file->sync();
    file->close();
    fault_point("atomic.synced");
    files.rename(temporary, path);
    fault_point("atomic.renamed");
  } catch (const Error&) {
    try {
      files.remove_all(temporary);
    } catch (const Error&) {  // the first cause is the one to report
    }
    throw;
  }
  files.sync_directory(folder_of(path));
}

}  // namespace laconic
