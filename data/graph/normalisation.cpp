// Computes the scales of the aggregation operator from the degrees of a pattern (equations of
// Chiang et al. 2019). A pattern has no self loops, so D has the row length d, and D+I has d + 1.
#include <algorithm>
#include <cmath>

#include "data/graph/cluster_batches.hpp"

namespace laconic::data {
namespace {

template <class T, class Function>
void fill(std::vector<T>& out, const CsrView& pattern, Function of_degree) {
  out.resize(pattern.rows());
  for (int64_t i = 0; i < pattern.rows(); ++i)
    out[i] = static_cast<T>(of_degree(static_cast<double>(pattern.degree(i))));
}

}  // namespace

template <class T>
void fill_scales(const Normalisation& normalisation, const CsrView& pattern, Scales<T>& scales) {
  scales.row.clear();
  scales.source.clear();
  scales.diagonal.clear();
  using Kind = Normalisation::Kind;
  // All but three are row_loop with another diagonal: 1/(d+1) + shift, or factor/(d+1).
  double factor = 1, shift = 0;
  switch (normalisation.kind) {
    case Kind::none:
      return;
    case Kind::row:
      fill(scales.row, pattern, [](double d) { return 1 / std::max(1.0, d); });
      return;
    case Kind::symmetric:
      fill(scales.row, pattern, [](double d) { return 1 / std::sqrt(d + 1); });
      fill(scales.source, pattern, [](double d) { return 1 / std::sqrt(d + 1); });
      fill(scales.diagonal, pattern, [](double d) { return 1 / (d + 1); });
      return;
    case Kind::diagonal:
      factor = 1 + normalisation.diagonal_lambda;
      break;
    case Kind::plus_identity:
      shift = 1;
      break;
    case Kind::row_loop:
      break;
  }
  fill(scales.row, pattern, [](double d) { return 1 / (d + 1); });
  fill(scales.diagonal, pattern, [=](double d) { return factor / (d + 1) + shift; });
}

template void fill_scales<float>(const Normalisation&, const CsrView&, Scales<float>&);
template void fill_scales<double>(const Normalisation&, const CsrView&, Scales<double>&);

}  // namespace laconic::data
