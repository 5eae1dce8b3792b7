// The list of formats, the keys that each format brings, and what is wrong with them together.
#include "data/source.hpp"

#include <gmock/gmock.h>

#include "data/graph/formats/hdf5.hpp"
#include "data/graph/formats/planted.hpp"
#include "data/images/formats/idx.hpp"
#include "data/images/source.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Formats, AreListedOnceWithTheirKind) {
  EXPECT_THAT(format_names(Kind::graph),
              ElementsAre("hdf5", "import", "debian", "planted", "ppi-like"));
  EXPECT_THAT(format_names(Kind::images), ElementsAre("idx", "image_folder", "shapes"));
  EXPECT_EQ(formats().size(), 8u);
}

TEST(Formats, BringOptionsThatLoadTheirKind) {
  for (const Format& format : formats()) {
    const auto options = format.make_options();
    EXPECT_EQ(dynamic_cast<const GraphSource*>(options.get()) != nullptr,
              format.kind == Kind::graph)
        << format.name;
    EXPECT_EQ(dynamic_cast<const ImageSource*>(options.get()) != nullptr,
              format.kind == Kind::images)
        << format.name;
  }
}

TEST(Source, LoadsWhatTheSelectedFormatGenerates) {
  SourceOptions graphs, images;
  config::resolve(graphs, "format: planted\nplanted: {nodes: 90, degree: 2}\nseed: 2\n", "t.yaml");
  config::resolve(images, "format: shapes\nshapes: {images: 30, size: 9}\n", "t.yaml");
  EXPECT_EQ(graphs.kind(), Kind::graph);
  EXPECT_EQ(load_graph(graphs).nodes(), 90);
  PlantedSource planted;
  planted.planted.nodes = 90;
  planted.planted.degree = 2;
  EXPECT_EQ(load_graph(graphs).indices, planted.load(2).indices);
  EXPECT_NE(load_graph(graphs).indices, planted.load(3).indices);
  EXPECT_EQ(images.kind(), Kind::images);
  EXPECT_EQ(load_images(images).count(), 30);
  EXPECT_THROW(load_graph(images), Error);
}

TEST(Source, ACopyHasOptionsOfItsOwn) {
  SourceOptions source;
  source.format.as<Hdf5Source>().file = "a.h5";
  SourceOptions copy = source;
  EXPECT_EQ(copy.format.as<Hdf5Source>().file, "a.h5");
  copy.format.as<Hdf5Source>().file = "b.h5";
  EXPECT_EQ(source.format.as<Hdf5Source>().file, "a.h5");
}

TEST(SourceKeys, KeepTheirNames) {
  SourceOptions source;
  const config::Resolved resolved = config::resolve(source, "", "t.yaml");
  std::vector<std::string> paths;
  for (const auto& entry : resolved.entries()) paths.push_back(entry.path);
  EXPECT_THAT(paths, ElementsAre("format", "file", "split", "missing_features", "debian.packages",
                                 "debian.features", "debian.min_class_size", "planted.nodes",
                                 "planted.blocks", "planted.classes", "planted.features",
                                 "planted.degree", "planted.within", "planted.signal",
                                 "ppi_like.graphs", "ppi_like.nodes_per_graph", "ppi_like.features",
                                 "ppi_like.labels", "ppi_like.degree", "idx.folder", "idx.classes",
                                 "idx.validation", "idx.validation_by", "image_folder.folder",
                                 "image_folder.validation", "image_folder.test", "shapes.images",
                                 "shapes.size", "shapes.noise", "seed"));
}

TEST(SourceKeys, OfOtherFormatsGiveNotices) {
  SourceOptions source;
  EXPECT_THAT(
      config::resolve(source, "format: idx\nfile: a.h5\nplanted: {nodes: 9}\nidx: {folder: b}\n",
                      "t.yaml")
          .notices(),
      ElementsAre("t.yaml:2:1: file is set but not used (only with format: hdf5 | import)",
                  "t.yaml:3:11: planted.nodes is set but not used (only with format: planted)"));
}

// What check() of the selected format reports, as text.
std::vector<std::string> problems_of(const std::string& yaml) {
  SourceOptions source;
  config::Fields fields;
  source.describe(fields);
  const config::Resolved resolved = config::resolve(fields, yaml, "t.yaml", {});
  std::vector<config::Problem> problems;
  config::check(fields, config::Checks(resolved, problems));
  std::vector<std::string> texts;
  for (const config::Problem& problem : problems) texts.push_back(problem.text());
  return texts;
}

TEST(SourceKeys, ThatAFormatCannotDoWithoutAreRequired) {
  EXPECT_THAT(problems_of(""),
              ElementsAre("default: file: required with data.source.format: hdf5 and import"));
  EXPECT_THAT(problems_of("file: a.h5\n"), IsEmpty());
  EXPECT_THAT(problems_of("format: idx\n"),
              ElementsAre("default: idx.folder: required with data.source.format: idx"));
  EXPECT_THAT(problems_of("format: idx\nidx: {folder: a}\n"), IsEmpty());
  EXPECT_THAT(problems_of("format: shapes\n"), IsEmpty());
}

TEST(SourceKeys, OfAGeneratedGraphMustFitTogether) {
  const std::string blocks = "planted: {nodes: 10, blocks: 11}\n";
  EXPECT_THAT(problems_of("format: planted\n" + blocks),
              ElementsAre("t.yaml:2:22: planted.blocks: 10 classes of 11 blocks of 10 nodes; "
                          "allowed: classes <= blocks <= nodes"));
  EXPECT_THAT(problems_of("format: planted\nplanted: {nodes: 11, blocks: 11}\n"), IsEmpty());
  EXPECT_THAT(problems_of("format: shapes\n" + blocks), IsEmpty());
  EXPECT_THAT(problems_of("format: ppi-like\nppi_like: {graphs: 3, nodes_per_graph: 1000000000}\n"),
              ElementsAre("t.yaml:2:12: ppi_like.graphs: 3 graphs of 1000000000 nodes; allowed: "
                          "2147483647 nodes in all"));
  EXPECT_THAT(problems_of("format: ppi-like\nppi_like: {graphs: 3, nodes_per_graph: 700000000}\n"),
              IsEmpty());
}

}  // namespace
}  // namespace laconic::data
