// Describes a checkpoint for people, without a model, an accelerator or MPI.
#pragma once

#include <string>

#include "framework/base/file.hpp"
#include "framework/device/state.hpp"

namespace laconic {

// Returns a table with one line per tensor: type, size, placement, range, norm, non-finite values
// and hash. `path` is that of resolve_checkpoint(). A damaged file is an Error; find_problems()
// lists the damage.
std::string inspect_checkpoint(FileSystem& files, const std::string& path);

// Returns the SHA-256 of the names, types and contents of all tensors of a checkpoint. Two runs
// with the same fingerprint have the same state, bit for bit.
std::string checkpoint_fingerprint(FileSystem& files, const std::string& path);

// Returns the SHA-256 of the names, types and bytes of all entries in order. Two states with the
// same fingerprint are equal, bit for bit.
std::string state_fingerprint(const StateList& state);

}  // namespace laconic
