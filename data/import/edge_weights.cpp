#include "data/import/edge_weights.hpp"

#include <algorithm>
#include <cmath>

#include "data/import/names.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// Returns the column of a list of edges that has their weights: the one named so, or the third of
// three without names; -1 if there is none.
int64_t column_of_weights(const Array& table) {
  for (int64_t c = 2; c < std::ssize(table.header); ++c)
    if (const std::string name = plain_name(table.header[c]);
        name == "weight" || name == "weights" || name == "w" || name == "edge_weight")
      return c;
  return table.header.empty() && table.cols() == 3 ? 2 : -1;
}

}  // namespace

std::vector<float> usable_weights(std::vector<float> weights, const std::string& where,
                                  Notes& notes) {
  const auto is_wrong = [](float w) { return !std::isfinite(w) || w < 0; };
  if (const auto wrong = std::ranges::count_if(weights, is_wrong); wrong > 0) {
    notes.push_back(fmt::format(
        "{}: {} of {} weights of edges are negative or not finite; the weights are left out", where,
        wrong, weights.size()));
    return {};
  }
  if (std::ranges::all_of(weights, [](float w) { return w == 1; })) return {};
  notes.push_back(fmt::format("{}: {} weights of edges; data.edge_weights=false ignores them",
                              where, weights.size()));
  return weights;
}

std::vector<float> take_edge_weights(Bag& bag, const Array& pairs, int64_t edges, Notes& notes) {
  int64_t rounded = 0;
  std::optional<Array> found = bag.take(edge_weight_names);
  if (found && found->size() != edges) {
    if (found->rows() == edges) {
      notes.push_back(fmt::format("{}: shape {}; edges have one weight, so it is left out",
                                  found->where, shape_text(*found)));
      return {};
    }
    fail(ExitCode::data, "{}: {} weights, but there are {} edges", found->where, found->size(),
         edges);
  }
  if (!found && pairs.is_table)
    if (const int64_t c = column_of_weights(pairs); c >= 0) found = columns(pairs, c, 1);
  if (!found || found->is_text() || !found->texts.empty()) return {};
  std::vector<float> weights = to_floats(*found, rounded);
  if (rounded > 0)
    notes.push_back(fmt::format("{}: {} weights rounded to float32", found->where, rounded));
  return usable_weights(std::move(weights), found->where, notes);
}

}  // namespace laconic::data
