// A random batch and the networks that the engine's tests run on it. Float and double batches of
// one seed hold the same numbers, so that one can judge the other.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "framework/base/random.hpp"
#include "framework/graph/executor.hpp"
#include "framework/graph/graph.hpp"

namespace laconic::graph::test {

inline Context context(int threads = 1) {
  return {.seed = 5, .threads = threads, .isa = detect_isa()};
}

// Views point into the vectors, which may be moved and not copied.
template <class T>
struct ToyBatch {
  std::vector<int64_t> indptr{0};
  std::vector<int32_t> indices;
  std::vector<T> features, row_scale, diagonal;
  std::vector<int32_t> classes;
  std::vector<uint8_t> multi_hot, labelled;
  Feed<T> feed;
  ToyBatch() = default;
  ToyBatch(ToyBatch&&) = default;
};

enum class Labels { one, many };

// About four neighbours a row, none at row 0; row_loop scales; every third row has no label.
template <class T>
ToyBatch<T> toy_batch(int64_t rows, int64_t features, int64_t outputs, Labels labels,
                      uint64_t seed = 1) {
  ToyBatch<T> b;
  const Random random(seed, Stream::test);
  const auto linked = [&](int64_t i, int64_t j) {
    const auto pair = static_cast<uint64_t>(std::min(i, j) * rows + std::max(i, j));
    return i != j && std::min(i, j) > 0 && random.uniform(pair) * static_cast<double>(rows) < 4;
  };
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < rows; ++j)
      if (linked(i, j)) b.indices.push_back(static_cast<int32_t>(j));
    b.indptr.push_back(static_cast<int64_t>(b.indices.size()));
    const T scale = T{1} / static_cast<T>(b.indptr[i + 1] - b.indptr[i] + 1);
    b.row_scale.push_back(scale);
    b.diagonal.push_back(scale);
  }
  const Random values(seed, Stream::test, 1);
  for (int64_t k = 0; k < rows * features; ++k)
    b.features.push_back(
        static_cast<T>(static_cast<float>(values.normal(static_cast<uint64_t>(k)))));
  const Random classes(seed, Stream::test, 2);
  for (int64_t i = 0; i < rows; ++i) {
    const bool has_label = i % 3 != 2;
    b.labelled.push_back(has_label);
    b.classes.push_back(has_label ? static_cast<int32_t>(classes.below(
                                        static_cast<uint64_t>(i), static_cast<uint64_t>(outputs)))
                                  : -1);
    for (int64_t c = 0; c < outputs; ++c)
      b.multi_hot.push_back(classes.uniform(static_cast<uint64_t>(rows + i * outputs + c)) < 0.3);
  }
  b.feed.rows = rows;
  b.feed.inputs = {{.dense = {b.features.data(), rows, features}}};
  b.feed.neighbourhood = {{b.indptr, b.indices}, b.row_scale, {}, b.diagonal, 0};
  if (labels == Labels::many) {
    b.feed.targets.multi_hot = {b.multi_hot.data(), rows, outputs};
    b.feed.targets.labelled = b.labelled;
  } else {
    b.feed.targets.classes = b.classes;
  }
  b.feed.step = 3;
  return b;
}

// Hidden layers of H' = [relu(LayerNorm(] [A^ H | H] W [))] (+ H), the last one linear.
struct ToyNetwork {
  int64_t features = 6, hidden = 8, outputs = 4, layers = 3;
  bool norm = true, residual = false;
  double dropout = 0;
};

inline Graph build(const ToyNetwork& net) {
  GraphBuilder b;
  ValueId h = b.input("features", net.features);
  for (int64_t layer = 1; layer <= net.layers; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    ValueId mean = b.add("aggregate", name + ".aggregate", {h});
    if (net.dropout > 0)
      mean = b.add("dropout", name + ".dropout", {mean}, {{"rate", net.dropout}, {"site", layer}});
    const int64_t out = layer == net.layers ? net.outputs : net.hidden;
    const ValueId z = b.add("linear", name, {mean, h}, {{"out", out}, {"bias", true}});
    if (layer == net.layers) break;
    const ValueId from = h;
    h = net.norm ? b.add("layer_norm", name + ".norm", {z}, {{"activation", "relu"}})
                 : b.add("relu", name + ".relu", {z});
    if (net.residual && layer > 1) h = b.add("add", name + ".residual", {h, from});
  }
  return b.finish();
}

// Away from the initial ones and zeros of norms and biases, where mistakes hide.
template <class T>
std::vector<T> toy_parameters(const Graph& graph, uint64_t seed = 2) {
  std::vector<float> initial(graph.parameter_count);
  initialise(graph, seed, initial);
  const Random random(seed, Stream::test, 3);
  std::vector<T> parameters;
  for (size_t i = 0; i < initial.size(); ++i)
    parameters.push_back(static_cast<T>(initial[i] + static_cast<float>(0.1 * random.normal(i))));
  return parameters;
}

template <class T>
struct Gradient {
  double loss = 0;
  std::vector<T> values;
};

// The mean loss over labelled rows and its gradient.
template <class T>
Gradient<T> gradient(Executor<T>& executor, const std::vector<T>& parameters, const Feed<T>& feed,
                     bool training = false) {
  Gradient<T> g;
  g.values.assign(parameters.size(), 0);
  const MatrixView<const T> output = executor.forward(parameters, feed, training);
  const auto labelled = ops::loss(context(), output, feed.targets, T{0}, MatrixView<T>{}).labelled;
  const T scale = labelled > 0 ? T{1} / static_cast<T>(labelled) : T{0};
  g.loss =
      ops::loss(context(), output, feed.targets, scale, executor.output_cotangent()).loss * scale;
  executor.backward(parameters, feed, std::span<T>(g.values));
  return g;
}

// |a - b| / |b|, Euclidean.
template <class A, class B>
double relative_distance(const std::vector<A>& a, const std::vector<B>& b) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    size += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(difference / std::max(size, 1e-300));
}

}  // namespace laconic::graph::test
