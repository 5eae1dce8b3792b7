// Runs something that may crash in a child process first.
#pragma once

#include <functional>

namespace laconic::data {

// Forks, runs `action` in the child and says whether it came back within `seconds`, by returning or
// by throwing; a crash, an endless loop or a sanitizer's report in the child means no. Nothing the
// action does reaches this process.
bool survives(const std::function<void()>& action, unsigned seconds);

}  // namespace laconic::data
