// A reader under test: damaged inputs for it, each a function of its number, and how the product
// reads one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/base/exit_code.hpp"

namespace laconic::fuzz {

using Files = std::map<std::string, std::string>;  // name -> bytes

struct Input {
  Files files;
  bool hopeless = false;  // no reader that looks at it may accept it
};

struct Target {
  std::string name;
  Input (*make)(uint64_t number);
  // Reads `files` (which also lie in `folder` where on_disk) as the product does. Throws the Error
  // that a user would see, or any exception for behaviour that is wrong.
  void (*load)(const Files& files, const std::string& folder);
  bool on_disk = false;
  std::string place = {};  // not on disk: the folder that messages name
};

Target hdf5_target();
Target idx_target();
Target import_target();
Target libsvm_target();
Target manifest_target();
Target checkpoint_target();
std::vector<Target> targets();

}  // namespace laconic::fuzz
