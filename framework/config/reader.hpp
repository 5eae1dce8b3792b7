// Reads YAML text into a small tree with positions. It reads the unambiguous part of YAML, with
// anchors and aliases. It refuses the rest: duplicate keys, merge keys (<<), tags, directives,
// second documents, an alias inside its own anchor, tabs as indentation, control characters, text
// that is not UTF-8, and text that is too large or too deep. A scalar is kept as text; its type is
// not checked here.
//
// Units: lines and columns count from 1; columns are characters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/problem.hpp"

namespace laconic::config {

struct Position {
  int line = 0;
  int col = 0;
};

struct Node;
using NodePtr =
    std::shared_ptr<const Node>;  // an alias shares the node, so no text expands in memory

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Key {
    std::string name;
    Position at;
  };

  Kind kind = Kind::null;
  Position at;
  std::string text;            // scalar
  bool quoted = false;         // scalar in quotes or a block (|, >)
  std::vector<NodePtr> items;  // list: the items; map: the values
  std::vector<Key> keys;       // map: the keys, in the order of the file, each once
  int64_t nodes = 1;           // this one and all below, aliases expanded
  int depth = 1;
};

// Limits on one text. Every sensible configuration is far below them. Reading a text at these
// limits takes a fraction of a second.
inline constexpr int64_t max_text_bytes = 1 << 20;
inline constexpr int64_t max_nodes = 100'000;
inline constexpr int max_depth = 64;

struct Document {
  NodePtr root;  // kind null when the text is empty or holds comments only
  std::vector<Problem> problems;
  bool complete = true;  // false: a problem stopped the reading, and `root` must not be used
};

// Reads a text. `where` names the text in problems. A bad text gives problems, not exceptions.
Document read_yaml(std::string_view text, const std::string& where);

// Returns the problems of the raw bytes: encoding, control characters, tabs, directives. Empty if
// the text can be parsed as YAML.
std::vector<Problem> check_bytes(std::string_view text, const std::string& where);

// Returns the text of a configuration file (or pipe). ConfigError if it is missing, a folder,
// unreadable or larger than max_text_bytes.
std::string load_text(const std::string& file);

}  // namespace laconic::config
