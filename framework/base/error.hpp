// Errors whose messages name the place. A fault that a user can cause is an Error with the exit
// code of the process. A fault that only a programmer can cause is a failed invariant. Only main()
// catches all of them.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "framework/base/exit_code.hpp"

namespace laconic {

class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

// Throws an Error. The message contains the place, what is wrong and what is allowed:
//   fail(ExitCode::data, "{}: features/dense has {} rows, expected {}", path, found, wanted);
template <class... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

[[noreturn]] void fail_invariant(const char* condition, const char* file, int line,
                                 const std::string& what);

}  // namespace laconic

// Checks an invariant of laconic in every build. If it does not hold, throws an Error with
// ExitCode::internal, file and line.
#define LACONIC_CHECK(condition, ...)                                                           \
  do {                                                                                          \
    if (!(condition)) [[unlikely]]                                                              \
      ::laconic::fail_invariant(#condition, __FILE__, __LINE__, ::fmt::format("" __VA_ARGS__)); \
  } while (false)
