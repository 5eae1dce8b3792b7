// Errors with an address. Everything a user can cause is an Error with the exit code that the
// process ends with; everything only a programmer can cause fails an invariant. main() is the one
// place that catches them all.
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

// Throws an Error. Say where, what was found, what is allowed:
//   fail(ExitCode::data, "{}: features/dense has {} rows, expected {}", path, found, wanted);
template <class... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

[[noreturn]] void fail_invariant(const char* condition, const char* file, int line,
                                 const std::string& what);

}  // namespace laconic

// An invariant of laconic's own: checked in every build, ends with ExitCode::internal and an
// address.
#define LACONIC_CHECK(condition, ...)                                                           \
  do {                                                                                          \
    if (!(condition)) [[unlikely]]                                                              \
      ::laconic::fail_invariant(#condition, __FILE__, __LINE__, ::fmt::format("" __VA_ARGS__)); \
  } while (false)
