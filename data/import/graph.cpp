#include "data/import/graph.hpp"

#include <algorithm>

#include "data/import/names.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// The number of nodes as a file names it, alone or as OGB's list of one graph; else -1.
int64_t take_count(Bag& bag) {
  const auto array = bag.take(count_names);
  if (!array) return -1;
  const std::vector<int64_t> counts = to_integers(*array, "; a number of nodes");
  if (counts.size() != 1)
    fail(ExitCode::data, "{}: {} graphs; only one graph can be read: choose one", array->where,
         counts.size());
  if (counts[0] < 0) fail(ExitCode::data, "{}: {} nodes", array->where, counts[0]);
  return counts[0];
}

// The parts must agree on the number of nodes; returns it, or -1.
int64_t agreed(const Bag& bag, std::initializer_list<std::pair<const char*, int64_t>> counts) {
  std::pair<const char*, int64_t> first = {"", -1};
  for (const auto& count : counts) {
    if (count.second < 0) continue;
    if (first.second >= 0 && first.second != count.second)
      fail(ExitCode::data, "{}: {} {}, but {} {}; there must be one per node", bag.path(),
           first.second, first.first, count.second, count.first);
    first = count;
  }
  return first.second;
}

}  // namespace

ImportedGraph import_graph(const std::string& path) {
  Bag bag(path);
  ImportedGraph result;
  Graph& graph = result.graph;
  graph.name = path;
  NodeIds ids;
  std::optional<Array> features = bag.take(feature_names), labels = bag.take(label_names);
  if (auto content = bag.take(content_names)) {  // ids, features, labels in one table
    if (content->cols() < 3)
      fail(ExitCode::data, "{}: {} columns; expected an id, features and a label", content->where,
           content->cols());
    ids.order(*content, true, result.notes);
    labels = columns(*content, content->cols() - 1, 1);
    features = columns(*content, 0, content->cols() - 1);
  }
  if (features) ids.order(*features, false, result.notes);
  if (labels) ids.order(*labels, false, result.notes);
  graph.features = take_features(bag, std::move(features), result.notes);
  take_labels(bag, std::move(labels), graph, result.notes);
  const Labels& y = graph.labels;
  const int64_t nodes =
      agreed(bag, {{"rows of features", graph.features.cols > 0 ? graph.features.rows : -1},
                   {"labels", y.is_multi_label()  ? std::ssize(y.multi_indptr) - 1
                              : !y.single.empty() ? std::ssize(y.single)
                                                  : -1},
                   {"nodes", take_count(bag)},
                   {"named nodes", ids.has_names() ? std::ssize(ids.names()) : -1}});
  take_edges(bag, ids, nodes, graph, result.notes);
  if (const auto names = bag.take(std::string("node_names")); names && names->is_text())
    graph.node_names = names->texts.begin()->second;
  if (graph.features.cols == 0) graph.features = {.rows = graph.nodes()};
  if (y.classes == 0) graph.labels.single.assign(graph.nodes(), -1);
  // Names of more classes than have nodes are no error.
  if (!y.is_multi_label() && std::ssize(graph.class_names) > y.classes && y.classes > 0)
    graph.labels.classes = static_cast<int32_t>(graph.class_names.size());
  result.splits = take_splits(bag, ids, graph.nodes(), result.notes);
  for (const std::string& name : bag.names()) result.notes.push_back(name + ": left out");
  std::ranges::copy(bag.left_out(), std::back_inserter(result.notes));
  check(graph, path);
  for (const NamedSplit& each : result.splits) {
    graph.split = each.split;
    check(graph, path + ": split " + each.name);
  }
  graph.split = {};
  return result;
}

}  // namespace laconic::data
