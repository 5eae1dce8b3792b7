// Runs something that may crash in a child process first.
#pragma once

#include <functional>
#include <string>

namespace laconic::data {

// Forks and runs `action` in the child. Returns if it returned there; throws here the Error that it
// threw there. A crash, an endless loop (longer than `seconds`) or a sanitizer's report there is
// Error(data) here, with the text `death`. Nothing else that the action does reaches this process.
void rehearse(const std::function<void()>& action, unsigned seconds, const std::string& death);

}  // namespace laconic::data
