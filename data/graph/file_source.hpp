// The base of the formats that read a graph from a file: its path, which of its splits, and what a
// graph without features gets.
#pragma once

#include <functional>
#include <vector>

#include "data/graph/source.hpp"

namespace laconic::data {

// The features of a graph whose file has none.
enum class MissingFeatures { refuse, identity, degree };

class FileSource : public GraphSource {
 public:
  std::string file;
  std::string split;  // name in the file; empty = the only one; random = 60/20/20 by seed
  MissingFeatures missing_features = MissingFeatures::refuse;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;

  // Chooses the split among `names`, and makes features where there are none. `read` returns a split
  // by its name. A file without splits gives a graph without one. Error(data) if none is chosen.
  void complete(Graph& graph, const std::vector<std::string>& names, int64_t seed,
                const std::function<Split(const std::string& name)>& read) const;

 private:
  std::string where(int64_t) const override { return file; }
};

}  // namespace laconic::data
