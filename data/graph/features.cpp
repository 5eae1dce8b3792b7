// Transforms feature tables once, before training. The time is linear in the number of stored
// values.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/graph/graph.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

float weight(const SparseView<float>& edges, int64_t e) {
  return edges.values.empty() ? 1.0f : edges.values[e];
}

// Of the edges of node i; 1 if it has none.
float sum_of_weights(const SparseView<float>& edges, int64_t i) {
  const int64_t begin = edges.pattern.indptr[i], end = edges.pattern.indptr[i + 1];
  if (begin == end) return 1;
  if (edges.values.empty()) return static_cast<float>(end - begin);
  return static_cast<float>(
      std::accumulate(edges.values.begin() + begin, edges.values.begin() + end, 0.0));
}

// Aggregates row by row in a dense row; `touched` lists the columns to collect and clear.
Features aggregate_sparse(const SparseView<float>& edges, const Features& in, Aggregate how) {
  const CsrView& pattern = edges.pattern;
  Features out{.rows = in.rows, .cols = in.cols, .indptr = {0}};
  out.indptr.reserve(in.rows + 1);
  std::vector<float> sum(in.cols, 0);
  std::vector<uint8_t> seen(in.cols, 0);  // needed since the sum of an entry may be zero
  std::vector<int32_t> touched;
  for (int64_t i = 0; i < in.rows; ++i) {
    touched.clear();
    for (int64_t e = pattern.indptr[i]; e < pattern.indptr[i + 1]; ++e) {
      const int32_t j = pattern.indices[e];
      for (int64_t k = in.indptr[j]; k < in.indptr[j + 1]; ++k) {
        const int32_t column = in.indices[k];
        if (!seen[column]) {
          seen[column] = 1;
          touched.push_back(column);
        }
        const float value = in.values.empty() ? 1.0f : in.values[k];
        sum[column] += weight(edges, e) * value;
      }
    }
    std::sort(touched.begin(), touched.end());
    const float scale = how == Aggregate::mean ? 1.0f / sum_of_weights(edges, i) : 1.0f;
    for (const int32_t column : touched) {
      out.indices.push_back(column);
      out.values.push_back(scale * sum[column]);
      sum[column] = 0;
      seen[column] = 0;
    }
    out.indptr.push_back(static_cast<int64_t>(out.indices.size()));
  }
  return out;
}

Features aggregate_dense(const SparseView<float>& edges, const Features& in, Aggregate how) {
  const CsrView& pattern = edges.pattern;
  Features out{.rows = in.rows, .cols = in.cols};
  out.values.assign(in.rows * in.cols, 0);
  for (int64_t i = 0; i < in.rows; ++i) {
    float* sum = out.values.data() + i * in.cols;
    for (int64_t e = pattern.indptr[i]; e < pattern.indptr[i + 1]; ++e) {
      const float* x = in.values.data() + pattern.indices[e] * in.cols;
      const float w = weight(edges, e);
      for (int64_t c = 0; c < in.cols; ++c) sum[c] += w * x[c];
    }
    if (how == Aggregate::sum || pattern.degree(i) == 0) continue;
    const float scale = 1.0f / sum_of_weights(edges, i);
    for (int64_t c = 0; c < in.cols; ++c) sum[c] *= scale;
  }
  return out;
}

}  // namespace

Features aggregate_features(const SparseView<float>& edges, const Features& features,
                            Aggregate how) {
  LACONIC_CHECK(edges.pattern.rows() == features.rows, "{} rows of features, {} nodes",
                features.rows, edges.pattern.rows());
  return features.is_sparse() ? aggregate_sparse(edges, features, how)
                              : aggregate_dense(edges, features, how);
}

Features to_dense(const Features& features) {
  if (!features.is_sparse()) return features;
  Features out{.rows = features.rows, .cols = features.cols};
  out.values.assign(out.rows * out.cols, 0);
  for (int64_t i = 0; i < out.rows; ++i)
    for (int64_t k = features.indptr[i]; k < features.indptr[i + 1]; ++k)
      out.values[i * out.cols + features.indices[k]] =
          features.values.empty() ? 1.0f : features.values[k];
  return out;
}

Features to_sparse(const Features& features) {
  if (features.is_sparse()) return features;
  Features out{.rows = features.rows, .cols = features.cols, .indptr = {0}};
  for (int64_t i = 0; i < out.rows; ++i) {
    for (int64_t j = 0; j < out.cols; ++j) {
      const float x = features.values[i * out.cols + j];
      if (x == 0) continue;
      out.indices.push_back(static_cast<int32_t>(j));
      out.values.push_back(x);
    }
    out.indptr.push_back(std::ssize(out.indices));
  }
  return out;
}

bool Features::is_zero_one() const {
  const float zero = is_sparse() ? 1 : 0;  // a sparse table stores no zeros
  return std::ranges::all_of(values, [zero](float x) { return x == zero || x == 1; });
}

Features to_bits(const Features& features) {
  Features out{.rows = features.rows, .cols = features.cols};
  out.words.assign(BitView::words_per_row(out.cols) * out.rows, 0);
  const auto set = [&](int64_t i, int64_t j) {
    out.words[j / BitView::kColumns * out.rows + i] |= uint64_t{1} << (j % BitView::kColumns);
  };
  for (int64_t i = 0; i < out.rows; ++i) {
    if (features.is_sparse()) {
      for (int64_t k = features.indptr[i]; k < features.indptr[i + 1]; ++k)
        set(i, features.indices[k]);
    } else {
      for (int64_t j = 0; j < out.cols; ++j)
        if (features.values[i * out.cols + j] != 0) set(i, j);
    }
  }
  return out;
}

void standardise(Features& features, const Standardisation& by) {
  if (by.mean.empty()) return;
  const int64_t cols = features.cols;
  for (int64_t r = 0; r < features.rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      float& x = features.values[r * cols + c];
      x = static_cast<float>((x - by.mean[c]) * by.factor[c]);
    }
}

Standardisation standardise(Features& features, const std::vector<int32_t>& rows) {
  LACONIC_CHECK(!features.is_sparse(),
                "standardising would make sparse features dense: call to_dense first");
  if (rows.empty()) return {};
  const int64_t cols = features.cols;
  const auto n = static_cast<double>(rows.size());
  std::vector<double> mean(cols, 0), variance(cols, 0);
  for (const int32_t r : rows)
    for (int64_t c = 0; c < cols; ++c) mean[c] += features.values[r * cols + c];
  for (double& m : mean) m /= n;
  for (const int32_t r : rows)
    for (int64_t c = 0; c < cols; ++c) {
      const double d = features.values[r * cols + c] - mean[c];
      variance[c] += d * d;
    }
  // A constant column is centred and not scaled, since its deviation is zero.
  std::vector<double> scale(cols);
  for (int64_t c = 0; c < cols; ++c)
    scale[c] = variance[c] > 0 ? 1 / std::sqrt(variance[c] / n) : 1;
  const Standardisation by{std::move(mean), std::move(scale)};
  standardise(features, by);
  return by;
}

void normalise_rows(Features& features) {
  if (features.is_sparse() && features.values.empty())
    features.values.assign(features.indices.size(), 1);
  for (int64_t i = 0; i < features.rows; ++i) {
    const int64_t begin = features.is_sparse() ? features.indptr[i] : i * features.cols;
    const int64_t end = features.is_sparse() ? features.indptr[i + 1] : begin + features.cols;
    double sum = 0;
    for (int64_t k = begin; k < end; ++k) sum += std::abs(features.values[k]);
    if (sum == 0) continue;
    for (int64_t k = begin; k < end; ++k)
      features.values[k] = static_cast<float>(features.values[k] / sum);
  }
}

}  // namespace laconic::data
