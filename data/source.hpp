// The source of a data set: one of a list of formats, with the keys of that format. A format is a
// file and a line in list.cpp. The file contains the format's options, which derive from
// GraphSource (graph/source.hpp) or ImageSource (images/source.hpp).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/config/variant.hpp"

namespace laconic::data {

// The kind of the content of a data set.
enum class Kind { graph, images };

inline const char* name(Kind kind) {
  return kind == Kind::graph ? "a graph" : "images";
}

struct Format {
  const char* name;
  const char* help;
  config::MakeOptions make_options;  // of the base class for `kind`
  Kind kind;
};
std::span<const Format> formats();
// Returns the names of the formats of a kind, for conditions of keys.
std::vector<std::string> format_names(Kind kind);

// The group data.source of the configuration.
struct SourceOptions : config::Options {
  config::Variant<Format> format{"hdf5", formats()};
  int64_t seed = 1;  // of generated data and random splits

  void describe(config::Fields& f) override;
  Kind kind() const { return format.entry().kind; }
};

}  // namespace laconic::data
