// The named arrays of a file or of a folder from outside. A folder's files count as arrays named by
// their paths, so that one list of names serves all: "edge.csv.gz" and the key "edge" of a .npz file
// mean the same.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/import/array.hpp"

namespace laconic::data {

class Bag {
 public:
  // Opens a .npy, .npz or text file, plain or gzip, or a folder of them. Error(data) names what
  // cannot be opened, and what to type.
  explicit Bag(const std::string& path);

  const std::string& path() const { return path_; }
  // Removes and returns the array with one of these names; the first in the list counts.
  std::optional<Array> take(std::span<const char* const> names);
  std::optional<Array> take(const std::string& name);
  bool has(const std::string& name) const { return arrays_.contains(name); }
  std::vector<std::string> names() const;  // of arrays that nobody took
  // Returns one sentence per thing that was left out, and why.
  const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  void open_file(const std::string& path, const std::string& name);
  void open_folder();
  void add(const std::string& name, Array array);

  std::string path_;
  std::map<std::string, Array> arrays_;
  std::vector<std::string> left_out_;
};

// Returns a name in lower case, with '_' for '-', '.' and ' '.
std::string plain_name(std::string name);

}  // namespace laconic::data
