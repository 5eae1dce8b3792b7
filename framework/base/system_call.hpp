// Repeats system calls that failed because of a signal or a network file system. A call that fails
// returns -1 and sets errno.
#pragma once

#include <unistd.h>

#include <cerrno>

namespace laconic {

// Repeats a system call that a signal interrupted. The number of attempts is limited, since a file
// system may return EINTR for ever.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  for (int i = 0; i < 100 && result == -1 && errno == EINTR; ++i) result = call();
  return result;
}

// Also repeats, after short waits, calls of a network file system that often succeed at the second
// attempt.
template <class Call>
auto retry(Call call) {
  auto result = uninterrupted(call);
  for (const useconds_t wait_us : {10'000, 40'000, 150'000}) {
    if (result != -1 || (errno != ESTALE && errno != EBUSY)) break;
    ::usleep(wait_us);
    result = uninterrupted(call);
  }
  return result;
}

}  // namespace laconic
