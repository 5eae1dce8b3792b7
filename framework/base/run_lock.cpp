#include "framework/base/run_lock.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/base/system_call.hpp"

namespace laconic {
namespace {

std::string cause_of(int error) {
  return std::generic_category().message(error);
}

constexpr double last_write_limit_s = 30;

enum class Flock { taken, held_by_another, unsupported };

// Tries to lock the file. After any other error the text and the age of the file still distinguish
// owners.
Flock try_flock(int fd, const std::string& path, bool warns) {
  if (retry([&] { return ::flock(fd, LOCK_EX | LOCK_NB); }) == 0) return Flock::taken;
  if (errno == EWOULDBLOCK) return Flock::held_by_another;
  if (warns)
    spdlog::warn("{}: cannot be locked with flock ({}): its owner and its age decide", path,
                 cause_of(errno));
  return Flock::unsupported;
}

// Returns nothing if the file is empty (released) or damaged (its writer died while writing it).
std::optional<ProcessIdentity> read_owner(const std::string& path) {
  const auto owner = nlohmann::json::parse(real_files().read(path), nullptr, false);
  try {
    return ProcessIdentity{owner.at("host"), owner.at("pid"), owner.at("start_ticks")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Returns the present time of the file system's clock, or of this host's clock if no file can be
// created.
double file_system_seconds(const std::string& path) {
  try {
    const std::string probe = temporary_name(real_files(), path);
    const int fd = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    struct stat status {};
    const bool dated = fd != -1 && ::fstat(fd, &status) == 0;
    if (fd != -1) {
      ::close(fd);
      ::unlink(probe.c_str());
    }
    if (dated) return seconds(status.st_mtim);
  } catch (const Error&) {  // no name for it
  }
  return wall_seconds();
}

// The times at which an owner on another host touches the lock's file.
class Heartbeat {
 public:
  Heartbeat(int fd, const std::string& path) : fd_(fd), path_(path), touched_(touched()) {}

  // Waits until the file is touched, or has not been for the limit. Returns whether it was touched.
  bool beats(const ProcessIdentity& owner) {
    double left_s = RunLock::heartbeat_limit_s - age_s();
    // An age below zero means that a clock was set back. So only touches from now on count.
    left_s = std::min(left_s, RunLock::heartbeat_limit_s);
    if (left_s > 0)
      spdlog::info("{}: process {} on {} had it {:.0f} s ago: waits {:.0f} s for a sign of life",
                   path_, owner.pid, owner.host, std::max(age_s(), 0.0), left_s);
    for (; left_s > 0; left_s -= 0.1) {
      ::usleep(100'000);
      if (touched() != touched_) return true;
    }
    return false;
  }
  double age_s() const { return file_system_seconds(path_) - touched_; }

 private:
  // Opens the file again, since a network file system then asks its server for the time.
  double touched() const {
    struct stat status {};
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const int found = ::fstat(fd == -1 ? fd_ : fd, &status);
    if (fd != -1) ::close(fd);
    return found == 0 ? seconds(status.st_mtim) : touched_;
  }

  int fd_;
  std::string path_;
  double touched_ = 0;
};

// Returns whether the file has other hard links, for example in a backup.
bool has_other_names(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_nlink > 1;
}

// Returns whether only this host can reach the file. A lock taken here then excludes all processes.
bool is_local(int fd) {
  struct statfs status {};
  if (::fstatfs(fd, &status) == -1) return false;
  constexpr std::array<unsigned, 6> local = {EXT4_SUPER_MAGIC,  XFS_SUPER_MAGIC,
                                             BTRFS_SUPER_MAGIC, TMPFS_MAGIC,
                                             RAMFS_MAGIC,       OVERLAYFS_SUPER_MAGIC};
  return std::ranges::find(local, static_cast<unsigned>(status.f_type)) != local.end();
}

bool is_live(const ProcessIdentity& owner, Flock flock, int fd, const std::string& path) {
  if (owner.host == this_process().host) return flock == Flock::unsupported && is_alive(owner);
  if (flock == Flock::taken && is_local(fd)) return false;  // the host had another name
  return Heartbeat(fd, path).beats(owner);
}

void replace_text(int fd, const std::string& text, const std::string& path) {
  if (retry([&] { return ::ftruncate(fd, 0); }) == -1 ||
      retry([&] { return ::pwrite(fd, text.data(), text.size(), 0); }) != ssize_t(text.size()))
    fail(ExitCode::io, "{}: cannot write: {}", path, cause_of(errno));
}

void beat(int fd, double every_s, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    ::futimens(fd, nullptr);
    stopped.wait_for(lock, stop, std::chrono::duration<double>(every_s), [] { return false; });
  }
}

[[noreturn]] void refuse(const std::string& folder, const std::optional<ProcessIdentity>& found,
                         double age_s) {
  const ProcessIdentity owner = found.value_or(ProcessIdentity{"unknown host", 0, 0});
  fail(ExitCode::environment,
       "{}: in use by process {} on {}, last seen {:.0f} s ago; stop it first, or choose another "
       "run.dir",
       folder, owner.pid, owner.host, age_s);
}

}  // namespace

RunLock::RunLock(const std::string& folder, const RunLockSettings& settings)
    : path_(folder + "/lock") {
  fd_ = retry([&] {
    return ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  });
  if (fd_ == -1) fail(ExitCode::cannot_create, "{}: cannot create: {}", path_, cause_of(errno));
  try {
    Flock flock = settings.use_flock ? try_flock(fd_, path_, true) : Flock::unsupported;
    std::optional<ProcessIdentity> previous = read_owner(path_);
    // A killed process keeps its locks until its last write is over.
    for (double waited_s = 0;
         flock == Flock::held_by_another && waited_s < last_write_limit_s && previous &&
         previous->host == this_process().host && !is_alive(*previous);
         waited_s += 0.02) {
      ::usleep(20'000);
      flock = try_flock(fd_, path_, false);
      if (flock == Flock::held_by_another) previous = read_owner(path_);
    }
    if (flock == Flock::held_by_another || (previous && is_live(*previous, flock, fd_, path_)))
      refuse(folder, previous, Heartbeat(fd_, path_).age_s());
    if (has_other_names(fd_)) own_file();
    const ProcessIdentity me = this_process();
    const nlohmann::json text = {{"host", me.host},
                                 {"pid", me.pid},
                                 {"start_ticks", me.start_ticks},
                                 {"since", utc_time(wall_seconds())}};
    replace_text(fd_, text.dump() + "\n", path_);
    if (flock == Flock::unsupported) {  // another may have started at the same time
      ::usleep(100'000);
      const std::optional<ProcessIdentity> owner = read_owner(path_);
      if (!owner || owner->host != me.host || owner->pid != me.pid) refuse(folder, owner, 0);
    }
    heart_ = std::jthread([fd = fd_, every_s = settings.heartbeat_s](const std::stop_token& stop) {
      beat(fd, every_s, stop);
    });
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

void RunLock::own_file() {
  const int shared = std::exchange(fd_, -1);
  ::unlink(path_.c_str());
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  const bool locked = fd_ != -1 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
  ::close(shared);
  if (!locked) fail(ExitCode::io, "{}: cannot be replaced: {}", path_, cause_of(errno));
}

RunLock::~RunLock() {
  heart_.request_stop();
  if (heart_.joinable()) heart_.join();
  // The file is emptied, not removed: a process that has it open would lock a removed file.
  [[maybe_unused]] const int ignored = ::ftruncate(fd_, 0);
  ::close(fd_);
}

void RunLock::heartbeat() {
  if (uninterrupted([&] { return ::futimens(fd_, nullptr); }) == 0 || warned_) return;
  warned_ = true;
  spdlog::warn("{}: cannot touch: {}; other hosts may take this run for dead", path_,
               cause_of(errno));
}

}  // namespace laconic
