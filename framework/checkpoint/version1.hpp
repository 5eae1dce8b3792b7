// Checkpoints of format version 1. They differ from later versions in the names of some tensors.
#pragma once

#include "framework/checkpoint/manifest.hpp"

namespace laconic {

// Gives the tensors of a manifest of version 1 their present names. Does not change later versions.
void rename_version1(Manifest& manifest);

}  // namespace laconic
