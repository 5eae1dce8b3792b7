// The verbs with their options, as data: for completion and the man page.
#pragma once

#include <string>
#include <vector>

namespace laconic {

struct OptionText {
  std::vector<std::string> names;  // "-o", "--out"; empty: given by position
  std::string value;               // "INT"; "" for a flag
  std::string position;            // the name of an argument that is given by position
  std::vector<std::string> allowed;
  std::string help;
};

struct CommandText {
  std::string name;
  std::string help;
  std::vector<OptionText> options;
  std::vector<CommandText> commands;

  bool takes_keys() const;  // group.key=value may follow
};

// Returns all verbs. It makes the same command line that main() parses.
std::vector<CommandText> command_tree();

}  // namespace laconic
