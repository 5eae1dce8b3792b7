// What an operator is. A node of a graph has a kind ("linear"), plain attributes and parameters;
// the kind offers an ordered list of implementations, the first that does not refuse is chosen
// once, at plan time, and the refusals are kept so that `laconic plan` can say why. `ref` is the
// truth: slow, obvious, float and double; everything fast is tested against it (the conformance
// suite walks ops/list.hpp).
//
// Every value of a graph is a matrix of rows x width; rows may change with every batch, widths
// never do.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/base/random.hpp"
#include "framework/base/view.hpp"

namespace laconic::ops {

// The batch's aggregation operator  A^ = diag(row_scale) A diag(source_scale) + diag(diagonal),
// with A a symmetric 0/1 pattern without self loops, so the adjoint is the same kernel with the two
// scales swapped. Empty scale = all ones; empty diagonal = zero. `first_row`: the pattern's rows
// are the rows first_row, first_row+1, ... of the aggregated matrix (a chunk of a full graph); 0
// for a whole batch.
template <class T>
struct Neighbourhood {
  CsrView pattern;
  std::span<const T> row_scale;
  std::span<const T> source_scale;
  std::span<const T> diagonal;
  int64_t first_row = 0;
};

// Zeros and ones, and for backward the same turned.
struct Bits {
  BitView matrix;
  BitView transposed;
};

// One input of a node: dense, or (only for graph inputs such as bag-of-words features) sparse: with
// indices or as bits.
template <class T>
struct Input {
  MatrixView<const T> dense = {};
  SparseView<T> sparse = {};
  Bits bits = {};
  bool is_sparse() const { return !sparse.pattern.indptr.empty(); }
  bool is_bits() const { return bits.matrix.words != nullptr; }
};

struct ParameterSpec {
  enum class Init { glorot_uniform, zeros, ones };
  std::string name;  // "layer1.weight"
  int64_t rows = 0;
  int64_t cols = 0;
  std::string row_units;  // axis labels: same label = same units, so passes can slice consistently
  std::string col_units;
  Init init = Init::glorot_uniform;
  double decay = 1;  // multiplies optimizer.weight_decay
  // Fan-in and fan-out of glorot_uniform; 0 = rows, cols. A matrix that is a block of a larger one
  // says the larger.
  int64_t fan_in = 0;
  int64_t fan_out = 0;
};

struct NodeSpec {
  std::string kind;
  std::string name;
  std::vector<int64_t> input_widths;
  std::vector<bool> input_sparse;
  int64_t output_width = 0;
  std::vector<ParameterSpec> parameters;
  nlohmann::json attributes = nlohmann::json::object();
};

template <class T>
struct Frame {
  int64_t rows = 0;  // rows of the output
  std::span<const Input<T>> inputs;
  MatrixView<T> output;
  std::span<const std::span<const T>> parameters;  // row-major rows x cols
  std::span<T> saved;  // saved_per_row * rows elements, kept from forward to backward
  const Neighbourhood<T>* neighbourhood = nullptr;
  bool training = false;
  uint64_t step = 0;  // counter of the random stream
};

template <class T>
struct Cotangents {
  MatrixView<const T> output;
  std::span<const MatrixView<T>> inputs;     // null data: not wanted
  std::span<const uint8_t> accumulate;       // per input: 1 = add to what is there, 0 = overwrite
  std::span<const std::span<T>> parameters;  // empty: not wanted; always added to
};

// One implementation of one node, bound to its attributes. Stateless between calls: safe to share
// by executors that do not run at the same time. Never allocates in forward or backward beyond its
// construction.
template <class T>
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void forward(const Frame<T>& frame) = 0;
  virtual void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) = 0;
};

template <class T>
struct Implementation {
  const char* name;  // "ref", "cpu"
  // Empty if it can run this node here, else the reason, in words for the user.
  std::string (*refuse)(const NodeSpec&, const Context&);
  std::unique_ptr<Kernel<T>> (*make)(const NodeSpec&, const Context&);
};

// What backward reads, so that the planner knows how long a value must live and what may be
// overwritten.
struct BackwardNeeds {
  bool inputs = false;    // the values of the inputs
  bool output = false;    // the value of the output
  bool in_place = false;  // output may overwrite input 0 (element by element, same width)
  int saved_per_row = 0;  // elements of Frame::saved a row
};

// A case for the conformance suite.
struct Example {
  NodeSpec node;
  int64_t rows = 0;
  bool needs_neighbourhood = false;
  double tolerance = 1e-5;  // relative, fast against ref in float
};

struct OpKind {
  const char* name;
  const char* help;
  // Checks widths and attributes, fills output_width and parameters. Throws Error(config) with the
  // node's name.
  void (*infer)(NodeSpec&);
  BackwardNeeds (*needs)(const NodeSpec&);
  double (*flops_per_row)(const NodeSpec&);  // forward multiply-adds * 2, without the sparse part
  std::span<const Implementation<float>> float32;
  std::span<const Implementation<double>> float64;
  std::vector<Example> (*examples)();
};

template <class T>
std::span<const Implementation<T>> implementations(const OpKind& kind) {
  if constexpr (sizeof(T) == 4)
    return kind.float32;
  else
    return kind.float64;
}

}  // namespace laconic::ops
