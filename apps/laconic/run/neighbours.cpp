#include "apps/laconic/run/neighbours.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace laconic {
namespace {

void go_quietly(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0 || getppid() != parent) _exit(1);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  close(nowhere);
}

// Reads a byte; false: nobody has the other end any more.
bool read_byte(int from) {
  char byte = 0;
  ssize_t n = -1;
  while ((n = read(from, &byte, 1)) < 0 && errno == EINTR) {
  }
  return n == 1;
}

}  // namespace

Neighbours::Neighbours(int count) {
  int ready[2], go[2];
  if (count == 0 || pipe2(ready, O_CLOEXEC) != 0) return;
  if (pipe2(go, O_CLOEXEC) != 0) {
    close(ready[0]);
    close(ready[1]);
    return;
  }
  const pid_t self = getpid();
  while (count_ < count && !is_copy_) {
    const pid_t copy = fork();
    if (copy < 0) break;
    ++count_;
    is_copy_ = copy == 0;
    copies_.push_back(copy);
  }
  if (is_copy_) {
    go_quietly(self);
    copies_.clear();
  }
  close(ready[is_copy_ ? 0 : 1]);
  close(go[is_copy_ ? 1 : 0]);
  ready_ = ready[is_copy_ ? 1 : 0];
  go_ = go[is_copy_ ? 0 : 1];
}

void Neighbours::wait_for_all() {
  if (ready_ < 0) return;
  if (is_copy_) {
    if (write(ready_, "", 1) != 1) _exit(1);
    close(ready_);
    read_byte(go_);
  } else {
    for (size_t arrived = 0; arrived < copies_.size() && read_byte(ready_);) ++arrived;
    close(ready_);
    close(go_);
    go_ = -1;
  }
  ready_ = -1;
}

void Neighbours::end() {
  if (is_copy_) _exit(0);
  for (const pid_t copy : copies_) {
    kill(copy, SIGKILL);
    waitpid(copy, nullptr, 0);
  }
  copies_.clear();
  for (int* end : {&ready_, &go_})
    if (*end >= 0) {
      close(*end);
      *end = -1;
    }
}

}  // namespace laconic
