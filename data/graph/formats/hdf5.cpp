// Reads and writes the HDF5 graph schema (docs/formats.md). Ids of a split may be in any order; all
// other data must be canonical, which check() verifies.
#include "data/graph/formats/hdf5.hpp"

#include <filesystem>
#include <mutex>

#include "data/graph/formats/hdf5_file.hpp"
#include "data/graph/formats/hdf5_labels.hpp"
#include "data/graph/formats/rehearse.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

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
  std::vector<int64_t> shape;
  if (file.exists("graph/weights")) graph.weights = file.reals("graph/weights", 1, shape);
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

Graph read(const Hdf5Source& source, int64_t seed) {
  const Hdf5Reader file(source.file);
  Graph graph;
  graph.name = source.file;
  read_pattern(file, graph);
  read_features(file, graph);
  graph.labels = read_labels(file, graph.nodes());
  source.complete(graph, file.children("splits"), seed,
                  [&](const std::string& name) { return read_split(file, name, graph.nodes()); });
  if (file.exists("class_names")) graph.class_names = file.strings("class_names");
  if (file.exists("node_names")) graph.node_names = file.strings("node_names");
  return graph;
}

}  // namespace

// Reads the file in a child process first, and here only if the child succeeded: on some files with
// damaged metadata HDF5 1.10 reads outside its buffers or never returns, since the old file format
// has no checksums.
Graph Hdf5Source::make(int64_t seed) const {
  // HDF5 has one lock for the process. A child that is forked while another thread holds it would
  // wait for it for ever.
  static std::mutex one_reader;
  const std::lock_guard lock(one_reader);
  std::error_code unreadable;  // the reader reports it
  const auto size = std::filesystem::file_size(file, unreadable);
  const auto seconds =
      static_cast<unsigned>(60 + (unreadable ? 0 : size / 1'000'000));  // at least 1 MB/s
  rehearse(
      [&] { read(*this, seed); }, seconds,
      fmt::format("{}: damaged HDF5 file: the HDF5 library crashes on it, or reads it for too long",
                  file));
  return read(*this, seed);
}

void write_graph_hdf5(const Graph& graph, const std::string& path) {
  write_graph_hdf5(graph, {{"default", graph.split}}, path);
}

void write_graph_hdf5(const Graph& graph, const std::vector<NamedSplit>& splits,
                      const std::string& path) {
  check(graph, path);
  const Features& f = graph.features;
  const Labels& labels = graph.labels;
  Hdf5Writer file(path);
  file.group("graph");
  file.attribute("num_nodes", graph.nodes());
  file.attribute("num_directed_entries", static_cast<int64_t>(graph.indices.size()));
  file.attribute("num_classes", labels.classes);
  file.write("graph/indptr", graph.indptr);
  file.write("graph/indices", graph.indices);
  if (!graph.weights.empty()) file.write("graph/weights", graph.weights);
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
  if (labels.classes > 0) file.group("labels");
  if (labels.is_multi_label()) {
    file.write("labels/indptr", labels.multi_indptr);
    file.write("labels/indices", labels.multi_indices);
  } else if (labels.classes > 0) {
    file.write("labels/class", labels.single);
  }
  if (!splits.empty()) file.group("splits");
  for (const NamedSplit& each : splits) {
    const std::string group = "splits/" + each.name;
    file.group(group);
    file.write(group + "/train", each.split.train);
    file.write(group + "/val", each.split.val);
    file.write(group + "/test", each.split.test);
  }
  if (!graph.class_names.empty()) file.write("class_names", graph.class_names);
  if (!graph.node_names.empty()) file.write("node_names", graph.node_names);
  file.commit();
}

}  // namespace laconic::data
