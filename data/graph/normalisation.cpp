// Computes the scales of the aggregation operator from the degrees of the nodes (equations of
// Chiang et al. 2019). A degree is the sum of the weights of a node's edges; without weights it is
// the row length. There are no self loops, so D has the degree d, and D+I has d + 1.
#include <cmath>

#include "data/graph/cluster_batches.hpp"

namespace laconic::data {
namespace {

double degree(const SparseView<float>& edges, int64_t i) {
  if (edges.values.empty()) return static_cast<double>(edges.pattern.degree(i));
  double sum = 0;
  for (int64_t k = edges.pattern.indptr[i]; k < edges.pattern.indptr[i + 1]; ++k)
    sum += edges.values[k];
  return sum;
}

template <class T, class Function>
void fill(std::vector<T>& out, const SparseView<float>& edges, Function of_degree) {
  out.resize(edges.pattern.rows());
  for (int64_t i = 0; i < edges.pattern.rows(); ++i)
    out[i] = static_cast<T>(of_degree(degree(edges, i)));
}

}  // namespace

template <class T>
void fill_scales(const Normalisation& normalisation, const SparseView<float>& edges,
                 Scales<T>& scales) {
  scales.row.clear();
  scales.source.clear();
  scales.diagonal.clear();
  using enum Normalisation::Kind;
  // All but three are row_loop with another diagonal: 1/(d+1) + shift, or factor/(d+1).
  double factor = 1, shift = 0;
  switch (normalisation.kind) {
    case none:
      return;
    case row:
      fill(scales.row, edges, [](double d) { return d > 0 ? 1 / d : 1; });
      return;
    case symmetric:
      fill(scales.row, edges, [](double d) { return 1 / std::sqrt(d + 1); });
      fill(scales.source, edges, [](double d) { return 1 / std::sqrt(d + 1); });
      fill(scales.diagonal, edges, [](double d) { return 1 / (d + 1); });
      return;
    case diagonal:
      factor = 1 + normalisation.diagonal_lambda;
      break;
    case plus_identity:
      shift = 1;
      break;
    case row_loop:
      break;
  }
  fill(scales.row, edges, [](double d) { return 1 / (d + 1); });
  fill(scales.diagonal, edges, [=](double d) { return factor / (d + 1) + shift; });
}

template void fill_scales<float>(const Normalisation&, const SparseView<float>&, Scales<float>&);
template void fill_scales<double>(const Normalisation&, const SparseView<float>&, Scales<double>&);

}  // namespace laconic::data
