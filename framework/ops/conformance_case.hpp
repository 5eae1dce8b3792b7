// One run of one node with one output for the conformance suite. All memory that a Frame and
// Cotangents point to has padding and guard values, and is filled from the random stream `test`.
// The float and the double case of an example have the same numbers.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "framework/ops/kind.hpp"

namespace laconic::ops {

// A matrix with guard values after every row, and before and after the whole matrix. Pixels have no
// gaps between rows, so there are no guards either.
template <class T>
class GuardedMatrix {
 public:
  GuardedMatrix(const ValueSpec& spec, const Extents& batch)
      : rows_(spec.space.extent(batch).rows()),
        cols_(spec.width),
        stride_(spec.width + (spec.space.is_pixels() ? 0 : 3)),
        storage_((rows_ + 2) * stride_, guard()) {}

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

// A symmetric random graph with isolated nodes and an operator that uses all three terms; with an
// even number of rows it has weights, too.
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
        if (std::ssize(indices) > std::ssize(weights) && rows % 2 == 0)
          weights.push_back(static_cast<T>(0.5 + random.uniform(pair)));
      }
      indptr.push_back(static_cast<int64_t>(indices.size()));
      row_scale.push_back(static_cast<T>(1.0 / (1.0 + static_cast<double>(i % 4))));
      source_scale.push_back(static_cast<T>(1.0 / (1.0 + static_cast<double>(i % 3))));
      diagonal.push_back(static_cast<T>(0.25 * static_cast<double>(i % 5)));
    }
  }
  Neighbourhood<T> view() const {
    return {{indptr, indices}, row_scale, source_scale, diagonal, 0, weights};
  }

  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  std::vector<T> row_scale, source_scale, diagonal, weights;
};

template <class T>
struct Case {
  Case(const NodeSpec& spec, const Saved& to_save, const Extents& of_batch)
      : node(spec),
        batch(of_batch),
        neighbourhood(batch.rows),
        operation(neighbourhood.view()),
        output(spec.outputs.at(0), batch),
        doutput(spec.outputs[0], batch),
        saved(to_save.elements(spec.outputs[0].space.extent(batch))) {
    output.fill(std::numeric_limits<T>::quiet_NaN());  // must be overwritten
    uint32_t substream = 0;
    fill(doutput, substream++);
    for (size_t n = 0; n < node.inputs.size(); ++n, ++substream) {
      inputs.emplace_back(node.inputs[n], batch);
      fill(inputs.back(), substream);
      dinputs.emplace_back(node.inputs[n], batch);
      input_extents.push_back(node.inputs[n].space.extent(batch));
      if (is_sparse(node, n)) add_sparse(batch.rows, node.inputs[n].width, substream);
    }
    for (const ValueSpec& each : node.outputs) output_extents.push_back(each.space.extent(batch));
    for (const ParameterSpec& spec_of_one : node.parameters) {
      const Random random(12, Stream::test, 0, substream++);
      parameters.emplace_back(spec_of_one.rows * spec_of_one.cols);
      for (size_t k = 0; k < parameters.back().size(); ++k)
        parameters.back()[k] = static_cast<T>(static_cast<float>(random.normal(k)));
      dparameters.emplace_back(parameters.back().size(), T{0.5});
    }
    for (const StateSpec& spec_of_one : node.states) {
      const Random random(15, Stream::test, 0, substream++);
      state.emplace_back(spec_of_one.count);
      for (size_t k = 0; k < state.back().size(); ++k)
        state.back()[k] =
            static_cast<T>(static_cast<float>(spec_of_one.initial + random.uniform(k)));
    }
    next_state = state;
  }

  // Lends the kernel NaN to work in. State starts anew in every call.
  void forward(Kernel<T>& kernel, bool in_place = false, bool training = true) {
    kernel.reserve(batch);
    next_state = state;
    Frame<T> frame = bind(in_place);
    if (!training) frame.state.next = {};
    frame.training = training;
    frame.scratch = scratch(kernel.scratch(batch).forward);
    kernel.forward(frame);
  }
  // Runs backward. Cotangents of inputs and parameters start at 0.5. Sparse inputs have none.
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
    Frame<T> frame = bind(false);
    frame.scratch = scratch(kernel.scratch(batch).backward);
    kernel.backward(frame, {upstream, wanted, flags, sums, {&upstream, 1}});
  }

  NodeSpec node;
  Extents batch;
  std::vector<Extent> input_extents, output_extents;
  RandomNeighbourhood<T> neighbourhood;
  Neighbourhood<T> operation;
  std::vector<GuardedMatrix<T>> inputs, dinputs;
  GuardedMatrix<T> output, doutput;
  std::vector<std::vector<T>> parameters, dparameters;
  std::vector<std::vector<T>> state, next_state;
  std::vector<T> saved;

 private:
  struct OwnedSparse {
    std::vector<int64_t> indptr;
    std::vector<int32_t> indices;
    std::vector<T> values;
    int64_t cols;
  };

  // Fills a matrix of either type with numbers that are exact in float. They are not near zero,
  // where relu has no derivative.
  static void fill(GuardedMatrix<T>& matrix, uint32_t substream) {
    const Random random(13, Stream::test, 0, substream);
    const MatrixView<T> view = matrix.view();
    for (int64_t i = 0; i < view.rows; ++i)
      for (int64_t j = 0; j < view.cols; ++j) {
        const auto value = static_cast<float>(random.normal(static_cast<uint64_t>(i * 1000 + j)));
        view(i, j) = static_cast<T>(std::abs(value) < 0.01f ? 0.3f : value);
      }
  }

  // Adds a sparse input. Every fifth row is empty.
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
    bound_output_ = in_place ? inputs[0].view() : output.view();
    frame.output = bound_output_;
    frame.outputs = {&bound_output_, 1};
    frame.rows = frame.output.rows;
    frame.input_extents = input_extents;
    frame.output_extents = output_extents;
    frame.batch = batch;
    frame.inputs = bound_inputs_;
    frame.parameters = bound_parameters_;
    frame.saved = saved;
    bound_state_.assign(state.begin(), state.end());
    bound_next_state_.assign(next_state.begin(), next_state.end());
    frame.state = {bound_state_, bound_next_state_};
    frame.neighbourhood = &operation;
    frame.training = true;
    frame.step = 5;
    return frame;
  }

  std::span<std::byte> scratch(int64_t bytes) {
    scratch_.assign(static_cast<size_t>(bytes), std::byte{0xff});
    return scratch_;
  }

  std::vector<OwnedSparse> sparse_;
  std::vector<Input<T>> bound_inputs_;
  std::vector<std::span<const T>> bound_parameters_, bound_state_;
  std::vector<std::span<T>> bound_next_state_;
  MatrixView<T> bound_output_;
  std::vector<std::byte> scratch_;
};

}  // namespace laconic::ops
