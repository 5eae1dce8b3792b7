// Suggests what was meant by a command line that cannot be parsed.
#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace laconic {

// Finds the first verb or option of `words` that `app` does not know. Returns the mistake and what
// to type instead; "" if all are known. `words`: the command line without the program.
std::string mistyped(const CLI::App& app, std::span<const char* const> words);

}  // namespace laconic
