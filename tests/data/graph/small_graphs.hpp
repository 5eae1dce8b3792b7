// Small graphs for tests, and the data that may lie beside the source tree.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "data/graph/formats/hdf5.hpp"
#include "data/graph/formats/planted.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "tests/places.hpp"

namespace laconic::data {

// The folder of the shared graphs, empty if there is none: $LACONIC_DATA, or ../shared/data seen
// from the source tree.
inline std::string shared_data() {
  namespace fs = std::filesystem;
  if (const char* told = std::getenv("LACONIC_DATA")) return told;
  for (fs::path folder = tests_folder(); folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "shared" / "data" / "graphs")) return folder / "shared" / "data";
  return {};
}

inline Graph load_file(const std::string& path, const std::string& split = "") {
  Hdf5Source source;
  source.file = path;
  source.split = split;
  return source.load(1);
}

inline Graph shared_graph(const std::string& name, const std::string& split) {
  return load_file(shared_data() + "/graphs/" + name + ".h5", split);
}

#define SKIP_WITHOUT_SHARED_DATA() \
  if (shared_data().empty())       \
  GTEST_SKIP() << "no shared data: set LACONIC_DATA to the folder that holds graphs/cora.h5"

inline Graph planted(const PlantedOptions& planted_options, int64_t seed = 1) {
  PlantedSource source;
  source.planted = planted_options;
  return source.load(seed);
}

// 0-1, 0-2, 1-2, 2-3; node 4 alone; two classes; two dense features.
inline Graph tiny_graph() {
  Graph g;
  canonicalise(5, {{0, 1}, {0, 2}, {1, 2}, {2, 3}}, g.indptr, g.indices);
  g.features = {
      .rows = 5, .cols = 2, .indptr = {}, .indices = {}, .values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
  g.labels.classes = 2;
  g.labels.single = {0, 1, 0, -1, 1};
  g.split = {.train = {0, 1}, .val = {2}, .test = {3, 4}};
  return g;
}

// What an action throws, as text; empty if it does not. The exit code must be the one expected.
inline std::string error_of(const std::function<void()>& action, ExitCode code = ExitCode::data) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return {};
}

}  // namespace laconic::data
