// The list of all formats. A new format needs a file under graph/formats or images/formats, and a
// line here.
#include <array>

#include "data/graph/formats/debian.hpp"
#include "data/graph/formats/hdf5.hpp"
#include "data/graph/formats/import.hpp"
#include "data/graph/formats/planted.hpp"
#include "data/graph/formats/ppi_like.hpp"
#include "data/images/formats/idx.hpp"
#include "data/images/formats/image_folder.hpp"
#include "data/images/formats/shapes.hpp"
#include "data/source.hpp"

namespace laconic::data {
namespace {

template <class Source>
constexpr Format entry(const char* name, const char* help) {
  return {name, help, config::make<Source>, Source::kind};
}

}  // namespace

std::span<const Format> formats() {
  static constexpr std::array all{
      entry<Hdf5Source>("hdf5", "a graph file in HDF5 (docs/formats.md)"),
      entry<ImportSource>(
          "import", "a graph that other programs wrote: .npz, .npy, CSV, or a folder of them"),
      entry<DebianSource>("debian", "the dependency graph of the Debian packages that apt knows"),
      entry<PlantedSource>("planted", "a stochastic block model with planted classes"),
      entry<PpiLikeSource>("ppi-like",
                           "disjoint graphs with many labels from a random network, inductive"),
      entry<IdxSource>("idx", "images in the four files of MNIST, plain or gzip"),
      entry<ImageFolderSource>("image_folder", "PNG and JPEG images, in one folder per class"),
      entry<ShapesSource>("shapes", "drawn images of outlines of five kinds"),
  };
  return all;
}

std::vector<std::string> format_names(Kind kind) {
  std::vector<std::string> names;
  for (const Format& format : formats())
    if (format.kind == kind) names.emplace_back(format.name);
  return names;
}

void SourceOptions::describe(config::Fields& f) {
  f.variant("format", format, "where the data come from");
  f.integer("seed", seed, {.min = 0, .help = "seed of generated data and of random splits"});
}

}  // namespace laconic::data
