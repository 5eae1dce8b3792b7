// The interface of an operator. A node of a graph has a kind ("linear"), plain attributes and
// parameters. The kind has an ordered list of implementations. The planner chooses the first one
// that accepts the node; the reasons of refusals are kept for `laconic plan`. `ref` is the
// reference: simple and slow, for float and double. The conformance suite tests all others against
// it, for every kind in ops/list.hpp.
//
// Every value of a graph is a matrix of rows x width. The width is fixed. The number of rows
// follows from the value's space and the sizes of the batch (space.hpp), so it may change with
// every batch.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/base/random.hpp"
#include "framework/base/view.hpp"
#include "framework/ops/space.hpp"
#include "framework/ops/state_spec.hpp"

namespace laconic::ops {

// The aggregation operator of a batch: A^ = diag(row_scale) A diag(source_scale) + diag(diagonal).
// A is symmetric and without self loops, so the adjoint is the same kernel with the two scales
// swapped. Its values are the weights, one per index of the pattern. Empty weights and an empty
// scale mean ones, and an empty diagonal means zeros. For a chunk of a full graph, the pattern's
// rows are the rows first_row, first_row+1, ... of the aggregated matrix. For a whole batch,
// first_row is 0.
template <class T>
struct Neighbourhood {
  CsrView pattern;
  std::span<const T> row_scale;
  std::span<const T> source_scale;
  std::span<const T> diagonal;
  int64_t first_row = 0;
  std::span<const T> weights = {};
};

// Zeros and ones, and their transpose for backward.
struct Bits {
  BitView matrix;
  BitView transposed;
};

// One input of a node. It is dense, sparse with indices, or sparse as bits. Only inputs of the
// graph, such as bag-of-words features, are sparse.
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
  std::string name;   // "layer1.weight"
  std::string layer;  // set by the graph's builder
  int64_t rows = 0;
  int64_t cols = 0;
  std::string row_units;  // axis labels: same label = same units, so passes can slice consistently
  std::string col_units;
  Init init = Init::glorot_uniform;
  double decay = 1;  // multiplies optimizer.weight_decay
  // Fan-in and fan-out of glorot_uniform; 0 = rows, cols. A block of a larger matrix has those of
  // the larger matrix.
  int64_t fan_in = 0;
  int64_t fan_out = 0;

  bool operator==(const ParameterSpec&) const = default;
};

// The shape of a value, without its number of rows.
struct ValueSpec {
  int64_t width = 0;
  Space space = {};
  bool sparse = false;  // an input of the graph that is a sparse matrix or bits

  bool operator==(const ValueSpec&) const = default;
};

struct NodeSpec {
  std::string kind;
  std::string name;
  std::vector<ValueSpec> inputs;
  std::vector<ValueSpec> outputs;
  std::vector<ParameterSpec> parameters;
  std::vector<StateSpec> states;
  nlohmann::json attributes = nlohmann::json::object();

  bool operator==(const NodeSpec&) const = default;
};

// What a node reads and writes in one call. Most kinds have one output; `rows` and `output` are
// those of output 0.
template <class T>
struct Frame {
  int64_t rows = 0;
  std::span<const Input<T>> inputs;
  MatrixView<T> output;
  std::span<const std::span<const T>> parameters;  // row-major rows x cols
  std::span<T> saved;  // kept from forward to backward; see BackwardNeeds::saved
  const Neighbourhood<T>* neighbourhood = nullptr;
  StateViews<T> state = {};
  bool training = false;
  uint64_t step = 0;  // counter of the random stream

  std::span<const MatrixView<T>> outputs = {};
  std::span<const Extent> input_extents = {}, output_extents = {};
  Extents batch;
  std::span<std::byte> scratch = {};  // see Kernel::scratch; contents are arbitrary
};

template <class T>
struct Cotangents {
  MatrixView<const T> output;                // of output 0
  std::span<const MatrixView<T>> inputs;     // null data: not computed
  std::span<const uint8_t> accumulate;       // per input: 1 = add to it, 0 = overwrite it
  std::span<const std::span<T>> parameters;  // empty: not computed; always added to

  std::span<const MatrixView<const T>> outputs =
      {};  // null data: zeros, since nothing read the output
};

// Bytes of memory that a call of a kernel works in. They are lent for this call alone.
struct Scratch {
  int64_t forward = 0;
  int64_t backward = 0;
};

// One implementation of one node, bound to its attributes. forward and backward do not allocate,
// except for an image size that a kernel meets for the first time. A kernel has no state between
// calls.
// Thread safety: not thread-safe. Executors may share a kernel if they do not run at the same time.
template <class T>
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void forward(const Frame<T>& frame) = 0;
  virtual void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) = 0;

  // Makes the kernel's own memory for batches up to `largest`. It is called before forward, and
  // again when batches become larger.
  virtual void reserve(const Extents& /*largest*/) {}
  // Returns the size of Frame::scratch for batches up to `largest`, after reserve(largest).
  virtual Scratch scratch(const Extents& /*largest*/) const { return {}; }
  // Returns the bytes of its own memory that forward uses, or that forward and backward use.
  virtual int64_t memory_bytes(bool /*with_backward*/) const { return 0; }
};

template <class T>
struct Implementation {
  const char* name;  // "ref", "cpu"
  // Returns an empty text if it can run this node here, else the reason, for the user.
  std::string (*refuse)(const NodeSpec&, const Context&);
  std::unique_ptr<Kernel<T>> (*make)(const NodeSpec&, const Context&);
};

// Elements that forward keeps for backward. Rows and items are those of output 0.
struct Saved {
  int64_t per_row = 0;
  int64_t per_item = 0;
  int64_t fixed = 0;

  int64_t elements(const Extent& output) const {
    return per_row * output.rows() + per_item * output.items + fixed;
  }
};

// The values that backward reads. From them the planner derives the lifetime of each value, and
// whether it may be overwritten.
struct BackwardNeeds {
  bool inputs = false;    // the values of the inputs
  bool output = false;    // the values of the outputs
  bool in_place = false;  // output may overwrite input 0 (element by element, same shape)
  // The output has the elements of input 0 in the same order. If both have the same memory, the
  // kernel leaves it alone, in forward and in backward.
  bool view = false;
  bool stops_gradient = false;  // backward is not called; the inputs' cotangents are zeros
  Saved saved = {};
};

// An example for the conformance suite.
struct Example {
  NodeSpec node;
  Extents batch;
  bool needs_neighbourhood = false;
  double tolerance = 1e-5;  // relative, fast against ref in float
};

struct OpKind {
  const char* name;
  const char* help;
  // Checks inputs and attributes, and sets outputs, parameters and states. Error(config) with the
  // node's name.
  void (*infer)(NodeSpec&);
  BackwardNeeds (*needs)(const NodeSpec&);
  // Returns forward multiply-adds * 2 per row of output 0, without the sparse part.
  double (*flops_per_row)(const NodeSpec&);
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
