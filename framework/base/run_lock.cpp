#include "framework/base/run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {
namespace {

std::string cause(int error) {
  return std::generic_category().message(error);
}

constexpr double last_write_limit_s = 30;

enum class Flock { taken, held_by_another, unsupported };

Flock try_flock(int fd, const std::string& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return Flock::taken;
  if (errno == EWOULDBLOCK) return Flock::held_by_another;
  if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK || errno == EINVAL)
    return Flock::unsupported;
  fail(ExitCode::io, "{}: cannot lock: {}", path, cause(errno));
}

// Nobody when the file is empty (given back) or unreadable (its writer died while writing it).
std::optional<ProcessIdentity> read_owner(const std::string& path) {
  const auto owner = nlohmann::json::parse(real_files().read(path), nullptr, false);
  try {
    return ProcessIdentity{owner.at("host"), owner.at("pid"), owner.at("start_ticks")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

double age_s(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) == -1) return 0;
  return wall_seconds() - static_cast<double>(status.st_mtime);
}

bool is_live(const ProcessIdentity& owner, Flock flock, int fd) {
  if (owner.host == this_process().host) return flock == Flock::unsupported && is_alive(owner);
  return age_s(fd) < RunLock::heartbeat_limit_s;
}

void replace_text(int fd, const std::string& text, const std::string& path) {
  if (::ftruncate(fd, 0) == -1 || ::pwrite(fd, text.data(), text.size(), 0) != ssize_t(text.size()))
    fail(ExitCode::io, "{}: cannot write: {}", path, cause(errno));
}

}  // namespace

RunLock::RunLock(const std::string& folder) : path_(folder + "/lock") {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ == -1) fail(ExitCode::cannot_create, "{}: cannot create: {}", path_, cause(errno));
  try {
    Flock flock = try_flock(fd_, path_);
    previous_ = read_owner(path_);
    // A killed process keeps its locks until its last write is over.
    for (double waited_s = 0;
         flock == Flock::held_by_another && waited_s < last_write_limit_s && previous_ &&
         previous_->host == this_process().host && !is_alive(*previous_);
         waited_s += 0.02) {
      ::usleep(20'000);
      flock = try_flock(fd_, path_);
      if (flock == Flock::held_by_another) previous_ = read_owner(path_);
    }
    if (flock == Flock::held_by_another || (previous_ && is_live(*previous_, flock, fd_))) {
      const ProcessIdentity owner = previous_.value_or(ProcessIdentity{"unknown host", 0, 0});
      fail(ExitCode::environment,
           "{}: in use by process {} on {}, last seen {:.0f} s ago; stop it first, or choose "
           "another run.dir",
           folder, owner.pid, owner.host, age_s(fd_));
    }
    const ProcessIdentity me = this_process();
    const nlohmann::json text = {{"host", me.host},
                                 {"pid", me.pid},
                                 {"start_ticks", me.start_ticks},
                                 {"since", utc_time(wall_seconds())}};
    replace_text(fd_, text.dump() + "\n", path_);
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

RunLock::~RunLock() {
  // Emptied and not removed: a process that waits with the file open would lock a nameless one.
  [[maybe_unused]] const int ignored = ::ftruncate(fd_, 0);
  ::close(fd_);
}

void RunLock::heartbeat() {
  if (::futimens(fd_, nullptr) == -1)
    fail(ExitCode::io, "{}: cannot touch: {}", path_, cause(errno));
}

}  // namespace laconic
