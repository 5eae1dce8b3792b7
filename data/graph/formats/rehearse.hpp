// Tries an action that may crash in a child process first.
#pragma once

#include <functional>
#include <string>

namespace laconic::data {

// Forks and runs `action` in the child. Returns if the action returned; rethrows the Error that it
// threw. If it crashes, runs longer than `seconds` or causes a sanitizer's report, throws
// Error(data) with the text `death`. The action has no other effect on this process.
void rehearse(const std::function<void()>& action, unsigned seconds, const std::string& death);

}  // namespace laconic::data
