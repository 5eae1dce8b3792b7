// Which row of the graph is meant by an id in a file: the id itself, or a name that a table of nodes
// has in its column of ids.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "data/import/array.hpp"

namespace laconic::data {

class NodeIds {
 public:
  // Takes the column of ids off a table of nodes, if it has one (by its header, or `always`), and
  // puts its rows into the order of the nodes. The first such table defines that order, unless its
  // ids are the numbers from 0 on. Adds what it did to `notes`.
  void order(Array& table, bool always, std::vector<std::string>& notes);

  bool has_names() const { return !rows_.empty(); }
  const std::vector<std::string>& names() const { return names_; }  // by row; or empty
  // Returns the row of every entry; -1 for a name that no node has. With `grow`, such names become
  // new nodes, in the order in which they appear.
  std::vector<int64_t> rows_of(const Array& ids, bool grow);

 private:
  std::unordered_map<std::string, int64_t> rows_;
  std::vector<std::string> names_;
};

}  // namespace laconic::data
