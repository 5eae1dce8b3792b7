// data build, data import and data inspect: write data sets as files, and print what is in them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "data/graph/formats/hdf5.hpp"
#include "data/images/formats/idx_file.hpp"
#include "data/images/formats/idx_writer.hpp"
#include "data/images/source.hpp"
#include "data/import/graph.hpp"
#include "data/place.hpp"
#include "framework/base/error.hpp"
#include "framework/config/problem.hpp"

namespace laconic {
namespace {

// Names come from files, which may hold anything.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<uint8_t>(c) < ' ' || c == 127) c = '?';
  return text;
}

void print_classes(std::span<const int32_t> labels, int64_t classes,
                   const std::vector<std::string>& names) {
  std::vector<int64_t> counts(classes);
  int64_t unlabelled = 0;
  for (const int32_t c : labels) (c < 0 ? unlabelled : counts[c])++;
  for (size_t c = 0; c < counts.size(); ++c)
    std::printf("    %-20s %lld\n",
                names.empty() ? std::to_string(c).c_str() : config::shown(names[c]).c_str(),
                static_cast<long long>(counts[c]));
  if (unlabelled > 0) std::printf("    %-20s %lld\n", "(none)", static_cast<long long>(unlabelled));
}

void print_split(const data::Split& split, const std::string& name = "") {
  std::printf("  split %s     train %zu, val %zu, test %zu\n", name.c_str(), split.train.size(),
              split.val.size(), split.test.size());
}

void print_summary(const data::Graph& g, const std::vector<data::NamedSplit>& splits) {
  int64_t isolated = 0, largest = 0;
  for (int64_t i = 0; i < g.nodes(); ++i) {
    isolated += g.pattern().degree(i) == 0;
    largest = std::max(largest, g.pattern().degree(i));
  }
  const auto n = static_cast<double>(std::max<int64_t>(1, g.nodes()));
  std::printf(
      "%s\n  nodes     %lld\n  edges     %lld undirected, mean degree %.1f, largest %lld, %lld "
      "isolated\n",
      g.name.c_str(), static_cast<long long>(g.nodes()),
      static_cast<long long>(g.undirected_edges()), static_cast<double>(g.indices.size()) / n,
      static_cast<long long>(largest), static_cast<long long>(isolated));
  if (!g.weights.empty()) {
    const auto [least, most] = std::ranges::minmax(g.weights);
    std::printf("  weights   of edges, %g to %g\n", least, most);
  }
  std::printf("  features  %lld, %s, %.2f %% full\n", static_cast<long long>(g.features.cols),
              g.features.is_sparse() ? "sparse" : "dense", 100 * g.features.density());
  for (const data::NamedSplit& each : splits) print_split(each.split, each.name);
  if (splits.empty()) std::printf("  split     none\n");
  std::printf("  labels    %d %s\n", g.labels.classes,
              g.labels.is_multi_label() ? "labels, several per node" : "classes");
  if (!g.labels.is_multi_label()) print_classes(g.labels.single, g.labels.classes, g.class_names);
}

void print_summary(const data::Graph& g) {
  const data::Split& s = g.split;
  if (s.train.empty() && s.val.empty() && s.test.empty()) return print_summary(g, {});
  print_summary(g, {{"", g.split}});
}

void print_pixels(std::span<const uint8_t> bytes) {
  double sum = 0, squares = 0;
  for (const double b : bytes) {
    sum += b;
    squares += b * b;
  }
  const double n = static_cast<double>(std::max<size_t>(1, bytes.size())), mean = sum / n;
  std::printf("  pixels    mean %.1f, deviation %.1f (of 0 to 255)\n", mean,
              std::sqrt(std::max(0.0, squares / n - mean * mean)));
}

void print_summary(const data::Images& images) {
  std::printf("%s\n  images    %lld of %lld x %lld x %lld\n", images.name.c_str(),
              static_cast<long long>(images.count()), static_cast<long long>(images.height),
              static_cast<long long>(images.width), static_cast<long long>(images.channels));
  print_pixels(images.pixels);
  print_split(images.split);
  std::printf("  labels    %d classes\n", images.classes);
  print_classes(images.labels, images.classes, images.class_names);
}

void print_idx_file(const std::string& path) {
  const data::IdxFile file = data::read_idx(path);
  if (file.sizes.size() == 1) {
    const std::vector<int32_t> labels(file.bytes.begin(), file.bytes.end());
    const int64_t classes = 1 + *std::max_element(labels.begin(), labels.end());
    std::printf("%s\n  labels    %zu, classes 0 to %lld\n", path.c_str(), labels.size(),
                static_cast<long long>(classes - 1));
    return print_classes(labels, classes, {});
  }
  std::printf("%s\n  images    %lld of %lld x %lld x %lld\n", path.c_str(),
              static_cast<long long>(file.sizes[0]), static_cast<long long>(file.sizes[1]),
              static_cast<long long>(file.sizes[2]),
              static_cast<long long>(file.sizes.size() > 3 ? file.sizes[3] : 1));
  print_pixels(file.bytes);
}

data::SourceOptions source_of(const std::string& config) {
  return load_config(config, {}).get<DataOptions>().source;
}

void print_summary(const data::SourceOptions& source) {
  switch (source.kind()) {
    case data::Kind::graph:
      return print_summary(data::load_graph(source));
    case data::Kind::images:
      return print_summary(data::load_images(source));
  }
}

data::ImportedGraph import_with_notes(const std::string& path) {
  data::ImportedGraph imported = data::import_graph(path);
  print_summary(imported.graph, imported.splits);
  for (const std::string& note : imported.notes)
    std::printf("  note      %s\n", printable(note).c_str());
  return imported;
}

void inspect_data(const std::string& what, const std::string& split) {
  if (data::is_idx_name(what)) return print_idx_file(what);
  if (what.ends_with(".yaml")) return print_summary(source_of(what));
  const data::Place place = data::place_of(what);
  if (place.format == "import" && split.empty()) {
    import_with_notes(what);
    return;
  }
  print_summary(place.source(split));
}

// Writes what lies at `what` as `output`, or as graph.h5 or the folder images.
void import_data(const std::string& what, std::string output) {
  const data::Place place = data::place_of(what);
  const data::SourceOptions source = place.source();
  const bool is_graph = source.kind() == data::Kind::graph;
  if (place.format == "hdf5" || place.format == "idx")
    fail(ExitCode::usage, "data import: {}: can be used as it is: data.source.format={} {}", what,
         place.format, place.overrides()[1]);
  if (output.empty()) output = is_graph ? "graph.h5" : "images";
  if (std::filesystem::exists(output))
    fail(ExitCode::cannot_create, "{}: exists; remove it, or choose another --output", output);
  if (!is_graph) {
    const data::Images images = data::load_images(source);
    print_summary(images);
    const std::string keys = data::write_idx_folder(images, output);
    std::printf(
        "written to %s; laconic train CONFIG.yaml data.source.format=idx "
        "data.source.idx.folder=%s %s\n",
        output.c_str(), output.c_str(), keys.c_str());
    return;
  }
  if (!output.ends_with(".h5"))
    fail(ExitCode::usage, "data import: --output {}: must end in .h5", output);
  const data::ImportedGraph imported = import_with_notes(what);
  data::write_graph_hdf5(imported.graph, imported.splits, output);
  const std::string split = imported.splits.empty() ? " data.source.split=random"
                            : imported.splits.size() == 1
                                ? ""
                                : " data.source.split=" + imported.splits[0].name;
  const std::string more =
      imported.graph.features.cols > 0 ? "" : " data.source.missing_features=degree";
  std::printf(
      "written to %s; laconic train CONFIG.yaml data.source.format=hdf5 "
      "data.source.file=%s%s%s\n",
      output.c_str(), output.c_str(), split.c_str(), more.c_str());
}

}  // namespace

void add_data(const Command& command, Action& action) {
  command.require_subcommand();
  auto what = std::make_shared<std::string>(), output = std::make_shared<std::string>(),
       split = std::make_shared<std::string>();
  const Command build =
      command.subcommand("build", "make the graph of a configuration and write it as an HDF5 file");
  build.option("config", *what, "configuration (YAML)").required();
  build.option("output", *output, "path of the HDF5 file to write").required();
  build.when_given([=, &action] {
    action = [=] {
      const data::SourceOptions source = source_of(*what);
      if (source.kind() != data::Kind::graph)
        fail(ExitCode::usage, "data build: {}: only graphs can be written, and {} holds {}", *what,
             source.format.name(), data::name(source.kind()));
      const data::Graph graph = data::load_graph(source);
      data::write_graph_hdf5(graph, *output);
      print_summary(graph);
      std::printf("written to %s\n", output->c_str());
      return 0;
    };
  });
  const Command import = command.subcommand(
      "import", "convert data of other programs: .npz, .npy, CSV, a folder of them, or of images");
  import.option("in", *what, "a file, or a folder; docs/formats.md lists what is known").required();
  import.option("-o,--output", *output,
                "FILE.h5 of a graph (graph.h5), or a new folder of images (images)");
  import.when_given([=, &action] {
    action = [=] {
      import_data(*what, *output);
  return 0;
};
}  // namespace laconic
);
const Command inspect = command.subcommand("inspect", "check a data set and print what is in it");
inspect
    .option("what", *what,
            "anything that data import reads, FILE.h5, files in the idx format, or a configuration "
            "(YAML)")
    .required();
inspect.option("--split", *split, "name of a split in the file");
inspect.when_given([=, &action] {
  action = [=] {
    inspect_data(*what, *split);
    return 0;
  };
});
}

}  // namespace laconic
