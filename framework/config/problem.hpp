// The problems of a configuration: all mistakes together, each with its address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/base/error.hpp"

namespace laconic::config {

struct Problem {
  std::string where;  // the file's name, or "command line: a.b=1"
  int line = 0;       // 1-based; 0 where there are no lines (command line, sweep)
  int col = 0;        // 1-based, in characters
  std::string path;   // "optimizer.lr"; empty for a mistake of the whole text
  std::string message;

  std::string text() const;  // "file:line:col: path: message", without the parts that are absent
};

// Contains all problems. what() lists them, one per line; those of the file come first, sorted by
// position. The exit code is ExitCode::config.
class ConfigError : public Error {
 public:
  explicit ConfigError(std::vector<Problem> problems);
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

// Returns a user's text for a message or a comment: on one line, with escaped control characters. A
// text longer than `longest` bytes is cut between two characters and ends with "...".
std::string shown(std::string_view text, size_t longest = 60);

}  // namespace laconic::config
