// Networks. A model is a function from options and the shape of the data to a graph; one file a
// family, one list.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/graph/graph.hpp"

namespace laconic::models {

struct ImageSize {
  int64_t height = 0, width = 0, channels = 0;
};

// What the data offers.
struct ModelInputs {
  int64_t features = 0;            // width of a row: a node's features, an image's values
  bool sparse = false;             // features are a sparse matrix or bits
  bool aggregated_sparse = false;  // AX is a sparse matrix
  int64_t outputs = 0;             // classes or labels
  ImageSize image = {};            // zeros where a row is no image
};

struct ModelOptions {
  std::string kind = "gcn";
  int64_t layers = 3;
  int64_t hidden = 128;
  bool concat = true;
  std::string norm = "layer";
  bool residual = false;
  bool bias = false;
  double dropout = 0.2;
  double input_dropout = 0;
  std::string dropout_site = "aggregated";
  std::string normalisation = "row_loop";
  double diagonal_lambda = 1;
  std::string precompute = "mean";
  std::string order = "auto";
  std::vector<int64_t> channels = {32, 64};
  int64_t kernel = 5;
  int64_t pool = 2;
  std::vector<int64_t> dense = {512};
  std::string init_from;
  void describe(config::Fields& f);
};

// Training and evaluation may order the same maths differently; the parameters are the same.
enum class Purpose { train, evaluate };

struct ModelKind {
  const char* name;
  const char* help;
  bool uses_edges;
  bool needs_image;
  graph::Graph (*build)(const ModelOptions&, const ModelInputs&, Purpose);
};
std::span<const ModelKind> list();
const ModelKind& find(const std::string& kind);

// The options with what the kind fixes (sage: mean over neighbours beside the node's own features).
ModelOptions effective(const ModelOptions& options);
// Whether the network's first input is the aggregated features AX.
bool uses_precompute(const ModelOptions& options);
// Whether the first layer multiplies the features themselves, which no dropout has touched, so that
// they may be sparse.
bool takes_sparse(const ModelOptions& options);

graph::Graph build(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose);

}  // namespace laconic::models
