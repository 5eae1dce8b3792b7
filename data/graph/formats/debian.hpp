// The package-dependency graph of Debian; see debian.cpp.
#pragma once

#include "data/graph/source.hpp"

namespace laconic::data {

struct DebianOptions {
  std::string packages;         // a Packages file; empty = the machine's own apt lists
  int64_t features = 1024;      // hash buckets of words
  int64_t min_class_size = 50;  // smaller sections have no label
  void describe(config::Fields& f);
};

struct DebianSource final : GraphSource {
  DebianOptions debian;

  void describe(config::Fields& f) override;

 private:
  Graph make(int64_t seed) const override;
  std::string where(int64_t seed) const override;
};

}  // namespace laconic::data
