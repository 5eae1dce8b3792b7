#include "data/graph/file_source.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "framework/base/error.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {
namespace {

// Makes features for a graph that has none: one column per node, or the degree as one column.
void make_features(MissingFeatures how, Graph& graph) {
  if (how == MissingFeatures::refuse) return;  // what needs features refuses the graph
  Features& f = graph.features;
  f = {.rows = graph.nodes(), .cols = how == MissingFeatures::identity ? graph.nodes() : 1};
  if (how == MissingFeatures::degree) {
    for (int64_t i = 0; i < graph.nodes(); ++i)
      f.values.push_back(static_cast<float>(graph.pattern().degree(i)));
    return;
  }
  f.indptr.resize(graph.nodes() + 1);
  f.indices.resize(graph.nodes());
  std::iota(f.indptr.begin(), f.indptr.end(), 0);
  std::iota(f.indices.begin(), f.indices.end(), 0);
}

}  // namespace

void FileSource::complete(Graph& graph, const std::vector<std::string>& names, int64_t seed,
                          const std::function<Split(const std::string& name)>& read) const {
  if (graph.features.cols == 0) make_features(missing_features, graph);
  const bool known = std::ranges::find(names, split) != names.end();
  if (!known && split == "random") {
    graph.split = random_split(graph.nodes(), seed);
    return;
  }
  if (split.empty() && names.size() > 1)
    fail(ExitCode::data, "{}: splits: several and none chosen; allowed: {}, random", file,
         fmt::join(names, ", "));
  if (!split.empty() && !known)
    fail(ExitCode::data, "{}: splits/{}: missing; allowed: {}{}random", file, split,
         fmt::join(names, ", "), names.empty() ? "" : ", ");
  if (!names.empty()) graph.split = read(split.empty() ? names.front() : split);
}

void FileSource::describe(config::Fields& f) {
  f.path("file", file, "the graph file");
  f.text("split", split,
         "which split of the file; empty = the only one, random = 60/20/20 by data.source.seed");
  f.choice("missing_features", missing_features,
           {{"refuse", MissingFeatures::refuse},
            {"identity", MissingFeatures::identity},
            {"degree", MissingFeatures::degree}},
           "what a graph without features gets: identity = a column per node, degree = one column");
}

void FileSource::check(const config::Checks& checks) const {
  if (file.empty()) checks.refuse("file", "required with data.source.format: hdf5 and import");
}

}  // namespace laconic::data
