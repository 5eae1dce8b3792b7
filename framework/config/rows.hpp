// The rows of one key in the documentation: its declarations without repetition.
#pragma once

#include <string>
#include <vector>

#include "framework/config/keys.hpp"

namespace laconic::config {

// Equal declarations of several entries are one row. A condition that all declarations of the
// surrounding group share is shown at the group, not here.
struct Row {
  const Field* field;
  std::vector<Condition> used_when;
};

std::vector<Row> rows(const Key& key);
std::vector<Row> rows(const std::vector<const Declaration*>& declarations);  // of one key
std::string used_when_text(const Row& row);  // "kind: gcn and normalisation: diagonal"

// Returns the condition that all declarations of a group share, with full paths; else "".
std::string group_condition(const Key& group);

std::string help_of(const Key& group);                      // the first help of its declarations
std::vector<std::string> entries_of(const Field& variant);  // "gcn: graph convolution", ...
std::string whole_help(const Field& field);                 // with the entries, on one line

}  // namespace laconic::config
