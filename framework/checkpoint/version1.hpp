// Checkpoints of format version 1. They differ from later versions in the names of some tensors, and
// their configuration has the keys of every kind of network.
#pragma once

#include "framework/checkpoint/manifest.hpp"

namespace laconic {

// Gives the tensors of a manifest of version 1 their present names. Does not change later versions.
void rename_version1(Manifest& manifest);
// Removes from the configuration of a manifest of version 1 a key that its network did not read and
// that the same network reads today. Does not change later versions.
void forget_unread_version1(Manifest& manifest);

}  // namespace laconic
