// What people ask about a checkpoint, without a model, an accelerator or MPI.
#pragma once

#include <string>

#include "framework/base/file.hpp"
#include "framework/base/state.hpp"

namespace laconic {

// A table: one line a tensor with type, size, placement, range, norm, non-finite values and hash.
// `path` as in resolve_checkpoint(). For integrity use find_problems(); a damaged file is an Error.
std::string inspect_checkpoint(FileSystem& files, const std::string& path);

// SHA-256 over names, types and contents of all tensors of a checkpoint: two runs with the same
// fingerprint are in the same state, bit for bit.
std::string checkpoint_fingerprint(FileSystem& files, const std::string& path);

// SHA-256 over names, types and bytes of all entries in order: two states with the same fingerprint
// are the same bit for bit.
std::string state_fingerprint(const StateList& state);

}  // namespace laconic
