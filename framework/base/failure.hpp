// Turns any exception into an exit code and one line for the user.
#pragma once

#include <new>
#include <stdexcept>

#include "framework/base/error.hpp"

namespace laconic {

// Returns an Error unchanged. Memory that ran out becomes ExitCode::environment, and any other
// exception becomes a bug (ExitCode::internal).
inline Error as_error(const std::exception& exception) {
  if (const auto* error = dynamic_cast<const Error*>(&exception)) return *error;
  // A container throws length_error for a size above every possible memory.
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr ||
      dynamic_cast<const std::length_error*>(&exception) != nullptr)
    return {ExitCode::environment, "out of memory"};
  return {ExitCode::internal, fmt::format("internal error: {}", exception.what())};
}

}  // namespace laconic
