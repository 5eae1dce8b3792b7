// The HDF5 graph schema, read and written (docs/formats.md). Ids of a split may come in any order;
// everything else must already be canonical: check() says what is not.
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "data/graph/formats/formats.hpp"
#include "data/graph/formats/hdf5_file.hpp"
#include "data/graph/formats/rehearse.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

int64_t required_attribute(const Hdf5Reader& file, const std::string& name) {
  const auto value = file.attribute(name);
  if (!value) fail(ExitCode::data, "{}: attribute {}: missing", file.path(), name);
  if (*value < 0 || *value > INT32_MAX)
    fail(ExitCode::data, "{}: attribute {}: is {}; allowed: 0 to 2147483647", file.path(), name,
         *value);
  return *value;
}

void demand_attribute(const Hdf5Reader& file, const std::string& name, int64_t wanted) {
  const auto value = file.attribute(name);
  if (value && *value != wanted)
    fail(ExitCode::data, "{}: attribute {}: is {}, but the datasets have {}", file.path(), name,
         *value, wanted);
}

void read_pattern(const Hdf5Reader& file, Graph& graph) {
  graph.indptr = file.integers64("graph/indptr");
  graph.indices = file.integers32("graph/indices");
  if (graph.indptr.empty())
    fail(ExitCode::data, "{}: graph/indptr: is empty; expected nodes + 1 entries", file.path());
  demand_attribute(file, "num_nodes", graph.nodes());
  demand_attribute(file, "num_directed_entries", static_cast<int64_t>(graph.indices.size()));
}

void read_features(const Hdf5Reader& file, Graph& graph) {
  Features& f = graph.features;
  f.rows = graph.nodes();
  if (!file.exists("features")) return;
  const bool dense = file.exists("features/dense");
  if (dense && file.exists("features/indptr"))
    fail(ExitCode::data, "{}: features: has both dense and indptr; expected one of them",
         file.path());
  std::vector<int64_t> shape;
  if (dense) {
    f.values = file.reals("features/dense", 2, shape);
    f.rows = shape[0];
    f.cols = shape[1];
    demand_attribute(file, "num_features", f.cols);
    return;
  }
  f.cols = required_attribute(file, "num_features");
  f.indptr = file.integers64("features/indptr");
  f.indices = file.integers32("features/indices");
  if (file.exists("features/values")) f.values = file.reals("features/values", 1, shape);
}

void read_labels(const Hdf5Reader& file, Graph& graph) {
  Labels& labels = graph.labels;
  labels.classes = static_cast<int32_t>(required_attribute(file, "num_classes"));
  if (file.exists("labels/indptr")) {
    if (file.exists("labels/class"))
      fail(ExitCode::data, "{}: labels: has both class and indptr; expected one of them",
           file.path());
    labels.multi_indptr = file.integers64("labels/indptr");
    labels.multi_indices = file.integers32("labels/indices");
  } else {
    labels.single = file.integers32("labels/class");
  }
}

void read_split(const Hdf5Reader& file, const SourceOptions& options, Graph& graph) {
  const std::vector<std::string> names = file.children("splits");
  std::string name = options.split;
  const bool known = std::find(names.begin(), names.end(), name) != names.end();
  if (!known && name == "random") {
    graph.split = random_split(graph.nodes(), options.seed);
    return;
  }
  if (names.empty())
    fail(ExitCode::data,
         "{}: splits: missing; add splits/<name>/{{train,val,test}}, or ask for split random "
         "(60/20/20)",
         file.path());
  if (name.empty() && names.size() > 1)
    fail(ExitCode::data, "{}: splits: several and none chosen; allowed: {}, random", file.path(),
         fmt::join(names, ", "));
  if (!name.empty() && !known)
    fail(ExitCode::data, "{}: splits/{}: missing; allowed: {}, random", file.path(), name,
         fmt::join(names, ", "));
  if (name.empty()) name = names.front();
  const auto ids = [&](const char* part) {
    std::vector<int32_t> read = file.integers32("splits/" + name + "/" + part);
    std::sort(read.begin(), read.end());
    return read;
  };
  graph.split = {.train = ids("train"), .val = ids("val"), .test = ids("test")};
}

Graph read(const SourceOptions& options, bool with_features) {
  if (options.file.empty())
    fail(ExitCode::config, "data.file: missing; format hdf5 needs the path of a graph file");
  const Hdf5Reader file(options.file);
  Graph graph;
  graph.name = options.file;
  read_pattern(file, graph);
  if (with_features) read_features(file, graph);
  read_labels(file, graph);
  read_split(file, options, graph);
  if (file.exists("class_names")) graph.class_names = file.strings("class_names");
  if (with_features && file.exists("node_names")) graph.node_names = file.strings("node_names");
  return graph;
}

// HDF5 1.10 reads outside its buffers, or never returns, on some files whose metadata is damaged:
// the old file format has no checksums. So a child reads first, and only a file that is good to the
// end is read here.
Graph read_safely(const SourceOptions& options, bool with_features) {
  std::error_code unreadable;  // then the reader says why
  const auto size = std::filesystem::file_size(options.file, unreadable);
  const auto seconds =
      static_cast<unsigned>(60 + (unreadable ? 0 : size / 1'000'000));  // at least 1 MB/s
  rehearse(
      [&] { read(options, with_features); }, seconds,
      fmt::format("{}: damaged HDF5 file: the library does not survive reading it", options.file));
  return read(options, with_features);
}

Graph load(const SourceOptions& options) {
  return read_safely(options, true);
}
Graph load_pattern(const SourceOptions& options) {
  return read_safely(options, false);
}
std::string where(const SourceOptions& options) {
  return options.file;
}

}  // namespace

GraphFormat hdf5_format() {
  return {"hdf5", "a graph file in HDF5 (docs/formats.md)", load, where, load_pattern};
}

void write_graph_hdf5(const Graph& graph, const std::string& path) {
  check(graph, path);
  const Features& f = graph.features;
  const Labels& labels = graph.labels;
  Hdf5Writer file(path);
  for (const char* group : {"graph", "labels", "splits", "splits/default"}) file.group(group);
  file.attribute("num_nodes", graph.nodes());
  file.attribute("num_directed_entries", static_cast<int64_t>(graph.indices.size()));
  file.attribute("num_classes", labels.classes);
  file.write("graph/indptr", graph.indptr);
  file.write("graph/indices", graph.indices);
  if (f.cols > 0) {
    file.group("features");
    file.attribute("num_features", f.cols);
    if (f.is_sparse()) {
      file.write("features/indptr", f.indptr);
      file.write("features/indices", f.indices);
      if (!f.values.empty()) file.write("features/values", f.values);
    } else {
      file.write("features/dense", f.values, f.rows, f.cols);
    }
  }
  if (labels.is_multi_label()) {
    file.write("labels/indptr", labels.multi_indptr);
    file.write("labels/indices", labels.multi_indices);
  } else {
    file.write("labels/class", labels.single);
  }
  file.write("splits/default/train", graph.split.train);
  file.write("splits/default/val", graph.split.val);
  file.write("splits/default/test", graph.split.test);
  if (!graph.class_names.empty()) file.write("class_names", graph.class_names);
  if (!graph.node_names.empty()) file.write("node_names", graph.node_names);
  file.commit();
}

}  // namespace laconic::data
