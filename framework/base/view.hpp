// Non-owning views: a row-major matrix with a row stride, and a compressed-sparse-row pattern.
// Sizes are 64-bit everywhere; column indices of a CSR are 32-bit because they are local to it.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

namespace laconic {

template <class T>
struct MatrixView {
  T* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;  // elements between the starts of two rows, >= cols

  MatrixView() = default;
  MatrixView(T* data_, int64_t rows_, int64_t cols_) : MatrixView(data_, rows_, cols_, cols_) {}
  MatrixView(T* data_, int64_t rows_, int64_t cols_, int64_t stride_)
      : data(data_), rows(rows_), cols(cols_), stride(stride_) {}
  // A view of mutable elements converts to a view of const ones.
  template <class U>
  requires(std::is_same_v<T, const U>) MatrixView(const MatrixView<U>& other)
      : MatrixView(other.data, other.rows, other.cols, other.stride) {}

  T* row(int64_t i) const { return data + i * stride; }
  T& operator()(int64_t i, int64_t j) const { return data[i * stride + j]; }
  MatrixView rows_from(int64_t first, int64_t count) const {
    return MatrixView(row(first), count, cols, stride);
  }
  MatrixView columns(int64_t first, int64_t count) const {
    return MatrixView(data + first, rows, count, stride);
  }
  bool empty() const { return rows == 0 || cols == 0; }
  explicit operator bool() const { return data != nullptr; }
};

// The pattern of a sparse matrix. Row i is indices[indptr[i] .. indptr[i+1]), sorted ascending.
// indptr need not start at 0, so a range of rows is a view, too.
struct CsrView {
  std::span<const int64_t> indptr;   // rows + 1 entries
  std::span<const int32_t> indices;  // indexed by the values in indptr
  int64_t rows() const { return indptr.empty() ? 0 : static_cast<int64_t>(indptr.size()) - 1; }
  int64_t nonzeros() const { return indptr.empty() ? 0 : indptr.back() - indptr.front(); }
  int64_t degree(int64_t i) const { return indptr[i + 1] - indptr[i]; }
  CsrView rows_from(int64_t first, int64_t count) const {
    return {indptr.subspan(first, count + 1), indices};
  }
};

// A sparse matrix with values, e.g. bag-of-words features. Empty values mean all ones.
template <class T>
struct SparseView {
  CsrView pattern;
  std::span<const T> values;
  int64_t cols = 0;
};

// A matrix of zeros and ones. One word holds 36 columns of one row; the words of the same columns
// are contiguous, row after row. Bit b of words[c * stride + i] is the element (i, 36 c + b). A
// word needs six table look-ups of six bits each (ops/bits).
struct BitView {
  static constexpr int kColumns = 36;
  static constexpr int64_t words_per_row(int64_t cols) { return (cols + kColumns - 1) / kColumns; }

  const uint64_t* words = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;  // words between two columns of words, >= rows

  bool operator()(int64_t i, int64_t j) const {
    return words[j / kColumns * stride + i] >> (j % kColumns) & 1;
  }
  BitView rows_from(int64_t first, int64_t count) const {
    return {words + first, count, cols, stride};
  }
};

}  // namespace laconic
