// One input, tried; many of them, counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/fuzz/target.hpp"

namespace laconic::fuzz {

struct Outcome {
  ExitCode code = ExitCode::success;  // success: accepted
  std::string wrong;                  // not empty: not as it must be, and why
};

// An input is accepted or refused with an Error of code data, io or no_checkpoint that names a file
// of it, within five seconds of processor time; a hopeless one is not accepted. `folder` is where
// files are laid.
Outcome attempt(const Target& target, const Input& input, const std::string& folder);

void lay(const Files& files, const std::string& folder);
Files pick_up(const std::string& folder);

struct Tally {
  uint64_t inputs = 0;
  std::map<ExitCode, uint64_t> by_code;
  std::string text() const;  // "120 inputs: 3 accepted, 117 data"
};

}  // namespace laconic::fuzz
