// The keys of sparse allreduces that a benchmark offers on its command line: --codec, --values and
// --mode set comm.index_codec, comm.value_type and comm.mode.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/verbs/command.hpp"
#include "comm/exchange/list.hpp"

namespace laconic {

class SparseKeys {
 public:
  SparseKeys();  // the defaults of oktopk, which has all of them
  // Lifetime: this object must live until the command line has been parsed.
  void add_to(const Command& command);

  // Get or set the value of a key, which is named without "comm.".
  const std::string& text(const std::string& key) const;
  void set(const std::string& key, const std::string& text);

  // Returns the allreduce of this name with its options. Keys that it does not have are left out.
  // Error(config) if there is no such allreduce.
  comm::AllreduceChoice choose(const std::string& allreduce) const;

 private:
  struct Key {
    std::string option, name, help;
    std::string text = {};
    std::vector<std::string> allowed = {};
  };
  std::vector<Key> keys_;
};

}  // namespace laconic
