// Networks. A family of networks is a folder and a line in list.cpp. The folder contains its
// options, which derive from Model. A model is a function from its options and the shape of the
// data to a graph.
#pragma once

#include <span>
#include <string>

#include "framework/config/field.hpp"
#include "framework/config/variant.hpp"
#include "framework/graph/graph.hpp"
#include "framework/ops/normalisation.hpp"

namespace laconic::models {

// Height and width in pixels.
struct ImageSize {
  int64_t height = 0, width = 0, channels = 0;
};

// The shape of the data.
struct ModelInputs {
  int64_t features = 0;            // width of a row: a node's features, an image's values
  bool sparse = false;             // features are a sparse matrix or bits
  bool aggregated_sparse = false;  // the aggregated features are a sparse matrix
  int64_t outputs = 0;             // classes or labels
  ImageSize image = {};            // zeros where a row is no image
};

// Features that are aggregated once, over the whole graph, before training.
enum class Aggregated { none, sum, mean };

// The requirements of a network on its inputs.
struct InputNeeds {
  bool edges = false;                        // needs a graph; `normalisation` aggregates over it
  bool image = false;                        // the rows are images
  bool may_be_sparse = false;                // the first layer multiplies the raw features
  Aggregated aggregated = Aggregated::none;  // the input "aggregated_features"
  ops::Normalisation normalisation = {};
};

// Training and evaluation may compute the same function in another order, with the same parameters.
enum class Purpose { train, evaluate };

// The options of one family.
class Model : public config::Options {
 public:
  virtual InputNeeds needs() const = 0;
  // Returns the graph of the network. Error(config) if the options do not fit the inputs.
  virtual graph::Graph build(const ModelInputs& inputs, Purpose purpose) const = 0;
};

struct ModelEntry {
  const char* name;
  const char* help;
  config::MakeOptions make_options;  // of a Model
};
std::span<const ModelEntry> list();

// The section `model` of the configuration.
struct ModelOptions : config::Options {
  config::Variant<ModelEntry> kind{"gcn", list()};
  std::string init_from;

  void describe(config::Fields& f) override;
  const Model& model() const { return kind.as<Model>(); }
};

inline InputNeeds needs(const ModelOptions& options) {
  return options.model().needs();
}

inline graph::Graph build(const ModelOptions& options, const ModelInputs& inputs, Purpose purpose) {
  return options.model().build(inputs, purpose);
}

}  // namespace laconic::models
