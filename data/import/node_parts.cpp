#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/import/names.hpp"
#include "data/import/parts.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

constexpr double dense_from = 0.1;  // features with fewer entries that are not zero become sparse
constexpr int64_t most_classes = 1 << 20;

void require_finite(const Features& f, const std::string& where) {
  const auto bad = std::ranges::find_if(f.values, [](float x) { return !std::isfinite(x); });
  if (bad != f.values.end())
    fail(ExitCode::data, "{}: entry {} is {}; must be finite: numpy.nan_to_num(x)", where,
         bad - f.values.begin(), *bad);
}

Features features_of(const SparseParts& m, Notes& notes) {
  Features f{.rows = m.rows, .cols = m.cols, .indptr = {0}};
  int64_t zeros = 0;
  std::vector<std::pair<int64_t, float>> row;
  for (int64_t r = 0; r < m.rows; ++r) {
    row.clear();
    for (int64_t k = m.indptr[r]; k < m.indptr[r + 1]; ++k) {
      zeros += m.values[k] == 0;
      if (m.values[k] != 0) row.emplace_back(m.indices[k], m.values[k]);
    }
    std::ranges::sort(row);
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0 && row[i].first == row[i - 1].first)
        fail(ExitCode::data, "{}: row {} has column {} twice; A.sum_duplicates() first", m.where, r,
             row[i].first);
      f.indices.push_back(static_cast<int32_t>(row[i].first));
      f.values.push_back(row[i].second);
    }
    f.indptr.push_back(std::ssize(f.indices));
  }
  if (zeros > 0) notes.push_back(fmt::format("{}: {} stored zeros left out", m.where, zeros));
  require_finite(f, m.where);
  if (std::ranges::all_of(f.values, [](float x) { return x == 1; })) f.values.clear();
  return f;
}

void set_classes(const Array& array, const std::vector<int64_t>& values, Graph& graph,
                 Notes& notes) {
  int64_t most = -1, least = INT64_MAX, none = 0;
  std::vector<int64_t> met = values;
  std::ranges::sort(met);
  met.erase(std::ranges::unique(met).begin(), met.end());
  for (const int64_t y : values) {
    if (y < -1 || y >= most_classes)
      fail(ExitCode::data,
           "{}: label {}; allowed: -1 (none) to {}; numpy.where(y < 0, -1, y), or "
           "numpy.unique(y, return_inverse=True)[1]",
           array.where, y, most_classes - 1);
    none += y == -1;
    most = std::max(most, y);
    if (y >= 0) least = std::min(least, y);
  }
  if (most >= 1000 && most > 20 * std::ssize(met))
    fail(ExitCode::data,
         "{}: labels up to {} of {} kinds; numpy.unique(y, return_inverse=True)[1] "
         "counts them from 0",
         array.where, most, met.size());
  graph.labels.classes = static_cast<int32_t>(most + 1);
  graph.labels.single.assign(values.begin(), values.end());
  if (none > 0) notes.push_back(fmt::format("{}: {} nodes have no label", array.where, none));
}

void set_text_classes(const Array& array, Graph& graph, Notes& notes) {
  const std::vector<std::string>& texts = array.texts.begin()->second;
  std::vector<std::string>& names = graph.class_names;
  names = texts;
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  if (!names.empty() && names.front().empty()) names.erase(names.begin());
  for (const std::string& text : texts)
    graph.labels.single.push_back(
        text.empty() ? -1
                     : static_cast<int32_t>(std::ranges::lower_bound(names, text) - names.begin()));
  graph.labels.classes = static_cast<int32_t>(names.size());
  notes.push_back(fmt::format("{}: {} texts became classes, in the order of the alphabet",
                              array.where, names.size()));
}

// One row per node with a column per class: one-hot, or several labels.
void set_hot(const Array& array, Graph& graph, Notes& notes) {
  if (!is_zero_one(array))
    fail(ExitCode::data, "{}: shape {} with other numbers than 0 and 1; y.argmax(1) makes classes",
         array.where, shape_text(array));
  const std::vector<int64_t> hot = to_integers(array, "");
  const int64_t cols = array.cols();
  Labels& labels = graph.labels;
  labels.classes = static_cast<int32_t>(cols);
  labels.multi_indptr = {0};
  int64_t most = 0, empty = 0;
  for (int64_t r = 0; r < array.rows(); ++r) {
    for (int64_t c = 0; c < cols; ++c)
      if (hot[r * cols + c] != 0) labels.multi_indices.push_back(static_cast<int32_t>(c));
    labels.multi_indptr.push_back(std::ssize(labels.multi_indices));
    const int64_t here = labels.multi_indptr[r + 1] - labels.multi_indptr[r];
    most = std::max(most, here);
    empty += here == 0;
  }
  if (most > 1) {
    notes.push_back(fmt::format("{}: several labels per node ({} in all)", array.where,
                                labels.multi_indices.size()));
    return;
  }
  for (int64_t r = 0; r < array.rows(); ++r)
    labels.single.push_back(labels.multi_indptr[r] == labels.multi_indptr[r + 1]
                                ? -1
                                : labels.multi_indices[labels.multi_indptr[r]]);
  labels.multi_indptr.clear();
  labels.multi_indices.clear();
  notes.push_back(
      fmt::format("{}: one-hot rows became classes{}", array.where,
                  empty > 0 ? fmt::format("; {} rows without any have none", empty) : ""));
}

}  // namespace

Features take_features(Bag& bag, std::optional<Array> dense, Notes& notes) {
  if (!dense) {
    for (const char* name : feature_names)
      if (const auto matrix = take_sparse(bag, name, notes)) return features_of(*matrix, notes);
    return {};
  }
  if (dense->shape.empty() || dense->shape.size() > 2)
    fail(ExitCode::data, "{}: shape {}; features are [N, F]: x.reshape(len(x), -1)", dense->where,
         shape_text(*dense));
  int64_t rounded = 0;
  Features f{.rows = dense->rows(), .cols = dense->cols()};
  f.values = to_floats(*dense, rounded);
  require_finite(f, dense->where);
  // A table of decimal digits has no type: its numbers are read as float32.
  if (rounded > 0 && !dense->is_table)
    notes.push_back(fmt::format("{}: {} numbers rounded to float32", dense->where, rounded));
  const auto zeros = std::ranges::count(f.values, 0.0f);
  if (f.cols > 0 && static_cast<double>(f.values.size() - zeros) <
                        dense_from * static_cast<double>(f.values.size())) {
    f = to_sparse(f);
    if (std::ranges::all_of(f.values, [](float x) { return x == 1; })) f.values.clear();
    notes.push_back(fmt::format("{}: stored sparse, {:.2f} % of it is not zero", dense->where,
                                100 * f.density()));
  }
  return f;
}

void take_labels(Bag& bag, std::optional<Array> array, Graph& graph, Notes& notes) {
  if (auto names = bag.take(std::string("class_names")); names && names->is_text())
    graph.class_names = names->texts.begin()->second;
  if (!array) {
    const auto matrix = take_sparse(bag, "labels", notes);
    if (!matrix) return;
    const Features hot = features_of(*matrix, notes);
    graph.labels = {.classes = static_cast<int32_t>(hot.cols),
                    .single = {},
                    .multi_indptr = hot.indptr,
                    .multi_indices = hot.indices};
    return;
  }
  if (array->shape.size() > 2 || array->rows() == 0)
    fail(ExitCode::data, "{}: shape {}; labels are [N], or [N, C] of zeros and ones", array->where,
         shape_text(*array));
  if (!array->texts.empty() && array->cols() == 1) return set_text_classes(*array, graph, notes);
  if (array->cols() > 1) return set_hot(*array, graph, notes);
  set_classes(*array, to_integers(*array, "; classes count from 0", -1), graph, notes);
}

}  // namespace laconic::data
