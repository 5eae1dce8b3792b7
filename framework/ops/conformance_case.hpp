// One run of one node for the conformance suite: owns padded, guarded matrices for everything a
// Frame and Cotangents point at, filled from the random stream `test`. The float and the double
// case of an example hold the same numbers.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "framework/ops/kind.hpp"

namespace laconic::ops {

// A matrix with guard values behind every row and around the whole.
template <class T>
class GuardedMatrix {
 public:
  GuardedMatrix(int64_t rows, int64_t cols)
      : rows_(rows), cols_(cols), stride_(cols + 3), storage_((rows + 2) * stride_, guard()) {}

  MatrixView<T> view() { return {storage_.data() + stride_, rows_, cols_, stride_}; }
  MatrixView<const T> view() const { return {storage_.data() + stride_, rows_, cols_, stride_}; }
  void fill(T value) {
    for (int64_t i = 0; i < rows_; ++i)
      for (int64_t j = 0; j < cols_; ++j) view()(i, j) = value;
  }
  bool guards_intact() const {
    for (int64_t k = 0; k < static_cast<int64_t>(storage_.size()); ++k) {
      const int64_t i = k / stride_ - 1, j = k % stride_;
      const bool inside = i >= 0 && i < rows_ && j < cols_;
      if (!inside && storage_[k] != guard()) return false;
    }
    return true;
  }

 private:
  static constexpr T guard() { return T{-77777}; }
  int64_t rows_, cols_, stride_;
  std::vector<T> storage_;
};

// A symmetric random graph with isolated nodes and an operator that uses all three terms.
template <class T>
struct RandomNeighbourhood {
  explicit RandomNeighbourhood(int64_t rows) : indptr(1, 0) {
    const Random random(11, Stream::test);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < rows; ++j) {
        const uint64_t pair = static_cast<uint64_t>(std::min(i, j) * rows + std::max(i, j));
        const bool isolated = i % 7 == 3 || j % 7 == 3;
        if (i != j && !isolated && random.uniform(pair) < 0.3)
          indices.push_back(static_cast<int32_t>(j));
      }
      indptr.push_back(static_cast<int64_t>(indices.size()));
      row_scale.push_back(static_cast<T>(1.0 / (1.0 + static_cast<double>(i % 4))));
      source_scale.push_back(static_cast<T>(1.0 / (1.0 + static_cast<double>(i % 3))));
      diagonal.push_back(static_cast<T>(0.25 * static_cast<double>(i % 5)));
    }
  }
  Neighbourhood<T> view() const {
    return {{indptr, indices}, row_scale, source_scale, diagonal, 0};
  }

  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  std::vector<T> row_scale, source_scale, diagonal;
};

template <class T>
struct Case {
  Case(const NodeSpec& spec, int saved_per_row, int64_t rows)
      : node(spec),
        neighbourhood(rows),
        operation(neighbourhood.view()),
        output(rows, spec.output_width),
        doutput(rows, spec.output_width),
        saved(saved_per_row * rows) {
    output.fill(std::numeric_limits<T>::quiet_NaN());  // must be overwritten
    uint32_t substream = 0;
    fill(doutput, substream++);
    for (size_t n = 0; n < node.input_widths.size(); ++n, ++substream) {
      inputs.emplace_back(rows, node.input_widths[n]);
      fill(inputs.back(), substream);
      dinputs.emplace_back(rows, node.input_widths[n]);
      if (is_sparse(node, n)) add_sparse(rows, node.input_widths[n], substream);
    }
    for (const ParameterSpec& spec_of_one : node.parameters) {
      const Random random(12, Stream::test, 0, substream++);
      parameters.emplace_back(spec_of_one.rows * spec_of_one.cols);
      for (size_t k = 0; k < parameters.back().size(); ++k)
        parameters.back()[k] = static_cast<T>(static_cast<float>(random.normal(k)));
      dparameters.emplace_back(parameters.back().size(), T{0.5});
    }
  }

  void forward(Kernel<T>& kernel, bool in_place = false) { kernel.forward(bind(in_place)); }
  // Cotangents of inputs and parameters hold 0.5 before; sparse inputs get none.
  void backward(Kernel<T>& kernel, bool accumulate) {
    std::vector<MatrixView<T>> wanted;
    for (size_t n = 0; n < dinputs.size(); ++n) {
      dinputs[n].fill(T{0.5});
      wanted.push_back(is_sparse(node, n) ? MatrixView<T>() : dinputs[n].view());
    }
    for (auto& each : dparameters) each.assign(each.size(), T{0.5});
    const std::vector<uint8_t> flags(dinputs.size(), accumulate);
    const std::vector<std::span<T>> sums(dparameters.begin(), dparameters.end());
    const MatrixView<const T> upstream = doutput.view();
    kernel.backward(bind(false), {upstream, wanted, flags, sums});
  }

  NodeSpec node;
  RandomNeighbourhood<T> neighbourhood;
  Neighbourhood<T> operation;
  std::vector<GuardedMatrix<T>> inputs, dinputs;
  GuardedMatrix<T> output, doutput;
  std::vector<std::vector<T>> parameters, dparameters;
  std::vector<T> saved;

 private:
  struct OwnedSparse {
    std::vector<int64_t> indptr;
    std::vector<int32_t> indices;
    std::vector<T> values;
    int64_t cols;
  };

  // Float numbers in both types, away from zero, where relu has no derivative.
  static void fill(GuardedMatrix<T>& matrix, uint32_t substream) {
    const Random random(13, Stream::test, 0, substream);
    const MatrixView<T> view = matrix.view();
    for (int64_t i = 0; i < view.rows; ++i)
      for (int64_t j = 0; j < view.cols; ++j) {
        const auto value = static_cast<float>(random.normal(static_cast<uint64_t>(i * 1000 + j)));
        view(i, j) = static_cast<T>(std::abs(value) < 0.01f ? 0.3f : value);
      }
  }

  // Every fifth row is empty; the second sparse input of a node would have no values (all ones).
  void add_sparse(int64_t rows, int64_t cols, uint32_t substream) {
    const Random random(14, Stream::test, 0, substream);
    OwnedSparse sparse{{0}, {}, {}, cols};
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        const uint64_t index = static_cast<uint64_t>(i * cols + j);
        if (i % 5 == 2 || random.uniform(index) > 0.2) continue;
        sparse.indices.push_back(static_cast<int32_t>(j));
        sparse.values.push_back(static_cast<T>(static_cast<float>(random.normal(index))));
      }
      sparse.indptr.push_back(static_cast<int64_t>(sparse.indices.size()));
    }
    sparse_.push_back(std::move(sparse));
  }

  Frame<T> bind(bool in_place) {
    bound_inputs_.clear();
    bound_parameters_.assign(parameters.begin(), parameters.end());
    size_t next_sparse = 0;
    for (size_t n = 0; n < inputs.size(); ++n) {
      Input<T> input;
      if (is_sparse(node, n)) {
        const OwnedSparse& sparse = sparse_[next_sparse++];
        input.sparse = {{sparse.indptr, sparse.indices}, sparse.values, sparse.cols};
      } else {
        input.dense = inputs[n].view();
      }
      bound_inputs_.push_back(input);
    }
    Frame<T> frame;
    frame.output = in_place ? inputs[0].view() : output.view();
    frame.rows = frame.output.rows;
    frame.inputs = bound_inputs_;
    frame.parameters = bound_parameters_;
    frame.saved = saved;
    frame.neighbourhood = &operation;
    frame.training = true;
    frame.step = 5;
    return frame;
  }

  std::vector<OwnedSparse> sparse_;
  std::vector<Input<T>> bound_inputs_;
  std::vector<std::span<const T>> bound_parameters_;
};

}  // namespace laconic::ops
