// Which format reads what lies at a path: for verbs that get a path instead of a configuration.
#pragma once

#include <string>
#include <vector>

#include "data/source.hpp"

namespace laconic::data {

struct Place {
  std::string format;  // of data.source.format
  std::string key;     // of the path, within data.source
  std::string path;    // absolute

  // Returns the overrides of a configuration that read from here: "data.source.format=hdf5".
  std::vector<std::string> overrides(const std::string& split = "") const;
  SourceOptions source(const std::string& split = "") const;
};

// Looks at a path: an HDF5 file, the files of MNIST, a folder of images, or else what
// import_graph() reads. Error(data) if nothing is there.
Place place_of(const std::string& path);

}  // namespace laconic::data
