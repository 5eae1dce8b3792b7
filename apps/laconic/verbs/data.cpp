// data build and data inspect: data sets as files, and what is in them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "apps/laconic/options.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "data/graph/source.hpp"
#include "data/images/formats/idx_file.hpp"
#include "data/images/source.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

void print_classes(std::span<const int32_t> labels, int64_t classes,
                   const std::vector<std::string>& names) {
  std::vector<int64_t> counts(classes);
  int64_t unlabelled = 0;
  for (const int32_t c : labels) (c < 0 ? unlabelled : counts[c])++;
  for (size_t c = 0; c < counts.size(); ++c)
    std::printf("    %-20s %lld\n", names.empty() ? std::to_string(c).c_str() : names[c].c_str(),
                static_cast<long long>(counts[c]));
  if (unlabelled > 0) std::printf("    %-20s %lld\n", "(none)", static_cast<long long>(unlabelled));
}

void print_split(const data::Split& split) {
  std::printf("  split     train %zu, val %zu, test %zu\n", split.train.size(), split.val.size(),
              split.test.size());
}

void print_summary(const data::Graph& g) {
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
  std::printf("  features  %lld, %s, %.2f %% full\n", static_cast<long long>(g.features.cols),
              g.features.is_sparse() ? "sparse" : "dense", 100 * g.features.density());
  print_split(g.split);
  std::printf("  labels    %d %s\n", g.labels.classes,
              g.labels.is_multi_label() ? "labels, several a node" : "classes");
  if (!g.labels.is_multi_label()) print_classes(g.labels.single, g.labels.classes, g.class_names);
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

data::SourceOptions source_of(const std::string& what, const std::string& split) {
  if (what.ends_with(".yaml")) return load_config(what, {}).options.data.source;
  data::SourceOptions source;
  if (std::filesystem::is_directory(what)) {
    source.format = "idx";
    source.idx.folder = what;
    return source;
  }
  source.file = what;
  source.split = split;
  return source;
}

void inspect_data(const std::string& what, const std::string& split) {
  if (data::is_idx_name(what)) return print_idx_file(what);
  const data::SourceOptions source = source_of(what, split);
  if (data::holds_images(source)) return print_summary(data::load_images(source));
  print_summary(data::load_graph(source));
}

}  // namespace

void add_data(const Command& command, Action& action) {
  command.require_subcommand();
  auto what = std::make_shared<std::string>(), output = std::make_shared<std::string>(),
       split = std::make_shared<std::string>();
  const Command build =
      command.subcommand("build", "make the graph of a configuration and write it as HDF5");
  build.option("config", *what, "configuration (YAML)").required();
  build.option("output", *output, "FILE.h5").required();
  build.when_given([=, &action] {
    action = [=] {
      const data::SourceOptions source = source_of(*what, "");
      if (data::holds_images(source))
        fail(ExitCode::usage, "data build: {}: writes graphs, and {} holds images", *what,
             source.format);
      const data::Graph graph = data::load_graph(source);
      data::write_graph_hdf5(graph, *output);
      print_summary(graph);
      std::printf("written to %s\n", output->c_str());
      return 0;
    };
  });
  const Command inspect = command.subcommand("inspect", "check a data set and say what is in it");
  inspect
      .option("what", *what,
              "FILE.h5, a file in the idx format or a folder of them, or a configuration (YAML)")
      .required();
  inspect.option("--split", *split, "name of the split in the file");
  inspect.when_given([=, &action] {
    action = [=] {
      inspect_data(*what, *split);
      return 0;
    };
  });
}

}  // namespace laconic
