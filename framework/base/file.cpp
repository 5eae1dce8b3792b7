// Implements FileSystem with the files of the operating system. It has no state but descriptors.
//
// Errors: a file that does not exist is `data`; a file or folder that cannot be created is
// `cannot_create`; all other errors of the kernel, full disk included, are `io`.
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
#include "framework/base/system_call.hpp"

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

// Returns the result of a call of std::filesystem in the form of a system call.
int system_result(const std::error_code& error) {
  errno = error.value();
  return error ? -1 : 0;
}

// Returns whether the file system has no fsync for this kind of file. Then no wait is needed.
// 524 is ENOTSUPP, which the kernel's headers do not offer to programs.
bool has_no_sync(int error) {
  return error == EINVAL || error == EOPNOTSUPP || error == ENOSYS || error == 524;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ != -1) ::close(fd_);
  }
  int get() const { return fd_; }
  // Not repeated after EINTR: Linux has released the descriptor already.
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
    if (retry([&] { return ::fsync(descriptor_.get()); }) == -1 && !has_no_sync(errno))
      fail_io("sync", path_, errno);
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
    return open_for_writing(path, O_EXCL);
  }
  std::unique_ptr<WritableFile> open_append(const std::string& path) override {
    return open_for_writing(path, O_APPEND);
  }

  std::string read(const std::string& path) override {
    const Descriptor file = open_for_reading(path, O_NONBLOCK);  // a FIFO would wait for a writer
    struct stat status {};
    if (retry([&] { return ::fstat(file.get(), &status); }) == -1) fail_io("read", path, errno);
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))  // a device may have no end
      fail(ExitCode::data, "{}: is no plain file", path);
    std::string text(static_cast<size_t>(status.st_size) + 1, '\0');  // + 1 to find the end
    size_t length = 0;
    while (read_some(file, path, text, length))  // fstat may be wrong: files of /proc have size 0
      if (length == text.size()) text.resize(2 * text.size() + 4096);
    text.resize(length);
    return text;
  }
  std::string read_head(const std::string& path, int64_t bytes) override {
    const Descriptor file = open_for_reading(path);
    std::string text(static_cast<size_t>(bytes), '\0');
    size_t length = 0;
    while (length < text.size() && read_some(file, path, text, length)) {
    }
    text.resize(length);
    return text;
  }

  void rename(const std::string& from, const std::string& to) override {
    if (retry([&] { return ::rename(from.c_str(), to.c_str()); }) == -1)
      fail(ExitCode::io, "{}: cannot rename to {}: {}", from, to, cause(errno));
  }
  void remove_file(const std::string& path) override {
    if (uninterrupted([&] { return ::unlink(path.c_str()); }) == -1 && errno != ENOENT)
      fail_io("remove", path, errno);
  }
  void remove_folder(const std::string& path) override {
    if (uninterrupted([&] { return ::rmdir(path.c_str()); }) == -1 && errno != ENOENT)
      fail_io("remove", path, errno);
  }
  void make_directories(const std::string& path) override {
    std::error_code error;
    if (retry([&] {
          std::filesystem::create_directories(path, error);
          return system_result(error);
        }) == -1)
      fail_create(path, errno);
  }
  void sync_directory(const std::string& path) override {
    const Descriptor folder = open_for_reading(path, O_DIRECTORY);
    if (retry([&] { return ::fsync(folder.get()); }) == -1 && !has_no_sync(errno))
      fail_io("sync", path, errno);
  }
  void truncate(const std::string& path, int64_t length) override {
    const Descriptor file(retry(
        [&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); }));
    if (file.get() == -1 || retry([&] { return ::ftruncate(file.get(), length); }) == -1)
      fail_io("truncate", path, errno);
  }
  bool exists(const std::string& path) override {
    struct stat status {};
    if (retry([&] { return ::stat(path.c_str(), &status); }) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail_io("look up", path, errno);
  }
  FileKind kind(const std::string& path) override {
    struct stat status {};
    if (retry([&] { return ::lstat(path.c_str(), &status); }) == -1) {
      if (errno == ENOENT || errno == ENOTDIR) return FileKind::none;
      fail_io("look up", path, errno);
    }
    if (S_ISREG(status.st_mode)) return FileKind::file;
    return S_ISDIR(status.st_mode) ? FileKind::folder : FileKind::other;
  }
  int64_t size(const std::string& path) override {
    struct stat status {};
    if (retry([&] { return ::stat(path.c_str(), &status); }) == -1) fail_open(path, errno);
    return status.st_size;
  }
  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names;
    if (retry([&] {
          names.clear();
          std::error_code error;
          std::filesystem::directory_iterator entry(path, error);
          for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
            names.push_back(entry->path().filename().string());
          return system_result(error);
        }) == -1)
      fail_open(path, errno);
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  static std::unique_ptr<WritableFile> open_for_writing(const std::string& path, int flags) {
    const int fd = retry([&] {
      return ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
    });
    if (fd == -1) fail_create(path, errno);
    return std::make_unique<PosixFile>(path, Descriptor(fd));
  }
  // Reads on into `text` behind `length`; returns false at the end of the file.
  static bool read_some(const Descriptor& file, const std::string& path, std::string& text,
                        size_t& length) {
    const ssize_t got =
        retry([&] { return ::read(file.get(), text.data() + length, text.size() - length); });
    if (got == -1) fail_io("read", path, errno);
    length += static_cast<size_t>(got);
    return got > 0;
  }
};

}  // namespace

FileSystem& real_files() {
  static RealFileSystem files;
  return files;
}

}  // namespace laconic
