// Where a data set comes from: the keys of every format, graphs and images alike, in one group of
// the configuration. What the formats do with them is in graph/source.hpp and images/source.hpp.
#pragma once

#include <string>

#include "framework/config/field.hpp"

namespace laconic::data {

struct PlantedOptions {  // stochastic block model with planted classes
  int64_t nodes = 20000;
  int64_t blocks = 20;
  int64_t classes = 10;
  int64_t features = 32;
  double degree = 20;   // mean
  double within = 0.9;  // share of a node's links that stay in its block
  double signal = 0.5;  // class mean / noise
  void describe(config::Fields& f);
};

struct PpiLikeOptions {  // disjoint graphs, many labels from a random two-layer teacher; inductive
                         // 20/2/2
  int64_t graphs = 24;
  int64_t nodes_per_graph = 2400;
  int64_t features = 50;
  int64_t labels = 121;
  double degree = 28;
  void describe(config::Fields& f);
};

struct DebianOptions {
  std::string packages;         // a Packages file; empty = the machine's own apt lists
  int64_t features = 1024;      // hash buckets of words
  int64_t min_class_size = 50;  // smaller sections have no label
  void describe(config::Fields& f);
};

struct IdxOptions {
  std::string folder;                     // of the four files
  int64_t classes = 0;                    // 0 = the largest training label + 1
  double validation = 0.1;                // share of the training images
  std::string validation_by = "content";  // content | tail
  void describe(config::Fields& f);
};

struct ShapesOptions {  // outlines of five kinds, one an image
  int64_t images = 6000;
  int64_t size = 20;   // pixels, both ways
  double noise = 0.1;  // deviation of a pixel, of the range from black to white
  void describe(config::Fields& f);
};

struct SourceOptions {
  std::string format = "hdf5";  // a graph_formats() or image_formats() name
  std::string file;             // hdf5
  std::string split;            // name in the file; empty = the only one; random = 60/20/20 by seed
  int64_t seed = 1;             // generators and random splits
  PlantedOptions planted;
  PpiLikeOptions ppi_like;
  DebianOptions debian;
  IdxOptions idx;
  ShapesOptions shapes;
  void describe(config::Fields& f);
};

// Names of formats, for conditions of keys: which hold graphs, which images.
std::vector<std::string> graph_format_names();
std::vector<std::string> image_format_names();
bool holds_images(const SourceOptions& options);

}  // namespace laconic::data
