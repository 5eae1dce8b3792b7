#pragma once

#include <string>

#include "framework/config/keys.hpp"

namespace laconic::config {

// Returns the message about a key that does not exist, with suggestions:
//   1. similar names in the same group, the same name in another group, and keys that have this
//      name in other programs
//   2. if there are none: keys whose words the name contains
//   3. if there are none: all names that are allowed in this group
std::string unknown_key(const Keys& keys, const std::string& path);

}  // namespace laconic::config
