// Prepares the features of a graph for their multiplication. They are normalised, standardised, and
// aggregated once if the network's first layer needs that. Their form is dense, sparse or bits.
#pragma once

#include "apps/laconic/learn/options.hpp"
#include "data/graph/graph.hpp"

namespace laconic {

struct GraphFeatures {
  FeatureForm form = FeatureForm::dense;  // never automatic
  // A X, if the network takes it: over the training edges, and over all edges if those differ.
  data::Features training_aggregated, aggregated;
  data::Standardisation standardisation;  // that the features have got; empty: none
};

// Prepares graph.features, in place. `training`: the edges that training may use.
// `given`: the standardisation to use instead of one by the training nodes; null: none is given.
GraphFeatures prepare_features(data::Graph& graph, const SparseView<float>& training,
                               const Config& config, const data::Standardisation* given = nullptr);

}  // namespace laconic
