#include <algorithm>

#include "data/import/parts.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {

std::optional<SparseParts> take_sparse(Bag& bag, const std::string& name, Notes& notes) {
  if (!bag.has(name + "_indices") || !bag.has(name + "_indptr")) return {};
  const std::string remedy = "; store scipy.sparse.csr_matrix(A) by scipy.sparse.save_npz";
  const Array indices = *bag.take(name + "_indices"), indptr = *bag.take(name + "_indptr");
  const auto shape = bag.take(name + "_shape"), data = bag.take(name + "_data");
  if (const auto format = bag.take(name + "_format");
      format && format->is_text() &&
      format->texts.begin()->second != std::vector<std::string>{"csr"})
    fail(ExitCode::data, "{}: a sparse matrix of another format than CSR; store A.tocsr()",
         format->where);
  SparseParts m{.where = indices.where,
                .indptr = to_integers(indptr, remedy),
                .indices = to_integers(indices, remedy)};
  m.rows = std::ssize(m.indptr) - 1;
  if (shape) {
    const std::vector<int64_t> extents = to_integers(*shape, remedy);
    if (extents.size() != 2 || extents[0] != m.rows || extents[1] < 0 || extents[1] > INT32_MAX)
      fail(ExitCode::data, "{}: does not fit {} rows of {}{}", shape->where, m.rows, indptr.where,
           remedy);
    m.cols = extents[1];
  } else if (!m.indices.empty()) {
    m.cols = 1 + std::ranges::max(m.indices);
  }
  const auto entries = std::ssize(m.indices);
  if (m.rows < 0 || m.indptr.front() != 0 || m.indptr.back() != entries ||
      !std::ranges::is_sorted(m.indptr))
    fail(ExitCode::data, "{}: must ascend from 0 to {}, the number of indices{}", indptr.where,
         entries, remedy);
  if (const auto bad =
          std::ranges::find_if(m.indices, [&](int64_t c) { return c < 0 || c >= m.cols; });
      bad != m.indices.end())
    fail(ExitCode::data, "{}: entry {} is {}; allowed: 0 to {}", indices.where,
         bad - m.indices.begin(), *bad, m.cols - 1);
  int64_t rounded = 0;
  if (data)
    m.values = to_floats(*data, rounded);
  else
    m.values.assign(entries, 1);
  if (std::ssize(m.values) != entries)
    fail(ExitCode::data, "{}: {} values, but {} indices{}", data->where, m.values.size(), entries,
         remedy);
  if (rounded > 0)
    notes.push_back(fmt::format("{}: {} numbers rounded to float32", data->where, rounded));
  return m;
}

}  // namespace laconic::data
