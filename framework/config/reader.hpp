// YAML text -> a small tree with addresses. Reads the part of YAML that says one thing in one way
// and refuses the rest: duplicate keys, merge keys (<<), tags, directives, second documents, an
// alias inside of what it names, tabs as indentation, control characters, text that is not UTF-8,
// and anything too big or too deep. Types are not looked at here: a scalar is its text. Anchors and
// aliases are read.
//
// Lines and columns count from 1, columns in characters.
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

// Limits on one text. The largest sensible configuration is far below them; reading one that
// reaches them takes a fraction of a second.
inline constexpr int64_t max_text_bytes = 1 << 20;
inline constexpr int64_t max_nodes = 100'000;
inline constexpr int max_depth = 64;

struct Document {
  NodePtr root;  // kind null when the text is empty or holds comments only
  std::vector<Problem> problems;
  bool complete = true;  // false: a problem stopped the reading and `root` is not to be used
};

// `where` names the text in problems. Never throws for a bad text.
Document read_yaml(std::string_view text, const std::string& where);

// Problems of the raw bytes: encoding, control characters, tabs, directives. Empty when YAML can be
// tried.
std::vector<Problem> check_bytes(std::string_view text, const std::string& where);

// The text of a configuration file (or pipe). ConfigError when it is missing, a folder, unreadable
// or larger than max_text_bytes.
std::string load_text(const std::string& file);

}  // namespace laconic::config
