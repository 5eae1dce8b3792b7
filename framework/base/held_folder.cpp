#include "framework/base/held_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "framework/base/system_call.hpp"

namespace laconic {

HeldFolder::HeldFolder(const std::string& path)
    : path_(path),
      fd_(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })) {
}

HeldFolder::~HeldFolder() {
  if (fd_ != -1) ::close(fd_);
}

bool HeldFolder::is_in_place() const {
  struct stat held {
  }, found{};
  if (fd_ == -1 || ::fstat(fd_, &held) == -1) return true;
  if (::stat(path_.c_str(), &found) == -1) return errno != ENOENT && errno != ENOTDIR;
  return held.st_dev == found.st_dev && held.st_ino == found.st_ino;
}

std::string HeldFolder::present_path() const {
  struct stat held {};
  if (fd_ == -1 || ::fstat(fd_, &held) == -1 || held.st_nlink == 0) return {};
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd_), error).string();
}

}  // namespace laconic
