#include "data/source.hpp"

#include <algorithm>

#include "data/graph/source.hpp"
#include "data/images/source.hpp"

namespace laconic::data {

std::vector<std::string> graph_format_names() {
  std::vector<std::string> names;
  for (const GraphFormat& format : graph_formats()) names.emplace_back(format.name);
  return names;
}

std::vector<std::string> image_format_names() {
  std::vector<std::string> names;
  for (const ImageFormat& format : image_formats()) names.emplace_back(format.name);
  return names;
}

bool holds_images(const SourceOptions& options) {
  return std::ranges::count(image_format_names(), options.format) > 0;
}

void SourceOptions::describe(config::Fields& f) {
  std::vector<std::string> formats = graph_format_names();
  for (const std::string& name : image_format_names()) formats.push_back(name);
  f.choice("format", format, formats, "where the data come from: graphs, or images (idx, shapes)");
  f.path("file", file, "the graph file").only_when("format", {"hdf5"});
  f.text("split", split, "which split of the file; empty = the only one, random = 60/20/20")
      .only_when("format", {"hdf5"});
  f.integer("seed", seed, {.min = 0, .help = "of generated data and random splits"});
  f.group("planted", planted, "stochastic block model with planted classes")
      .only_when("format", {"planted"});
  f.group("ppi_like", ppi_like, "disjoint graphs with many labels, inductive")
      .only_when("format", {"ppi-like"});
  f.group("debian", debian, "the package-dependency graph of Debian")
      .only_when("format", {"debian"});
  f.group("idx", idx, "images in the four files of MNIST").only_when("format", {"idx"});
  f.group("shapes", shapes, "drawn outlines, a class a kind").only_when("format", {"shapes"});
}

}  // namespace laconic::data
