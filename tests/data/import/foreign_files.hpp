// Files as other programs write them, made for tests without these programs.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "data/import/graph.hpp"
#include "data/import/npy.hpp"
#include "data/import/zip.hpp"
#include "tests/data/graph/small_graphs.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::data::test {

// A .npy array. `type`: of T, as NumPy names it.
template <class T>
std::string npy(const std::string& type, const std::vector<int64_t>& shape,
                const std::vector<T>& values) {
  return npy_header(type, shape) +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

inline std::string npy_of(const std::vector<int64_t>& shape, const std::vector<int64_t>& values) {
  return npy("<i8", shape, values);
}
inline std::string npy_of(const std::vector<int64_t>& shape, const std::vector<float>& values) {
  return npy("<f4", shape, values);
}

inline std::string npz(const std::vector<ZipMember>& arrays) {
  std::vector<ZipMember> members;
  for (const ZipMember& array : arrays) members.push_back({array.name + ".npy", array.bytes});
  return make_zip(members);
}

inline void put(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// What import_graph() makes of one file of this name.
inline ImportedGraph imported(const std::string& bytes, const std::string& name = "graph.npz") {
  const TemporaryFolder folder;
  put(folder / name, bytes);
  return import_graph(folder / name);
}

inline std::string refusal(const std::string& bytes, const std::string& name = "graph.npz") {
  return error_of([&] { imported(bytes, name); });
}

// The edges of tiny_graph(), in both directions.
inline ZipMember tiny_edges() {
  return {"edge_index", npy_of({2, 8}, std::vector<int64_t>{0, 1, 0, 2, 1, 2, 2, 3,  //
                                                            1, 0, 2, 0, 2, 1, 3, 2})};
}
inline ZipMember tiny_features() {
  return {"x", npy_of({5, 2}, std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})};
}
inline ZipMember tiny_labels() {
  return {"y", npy_of({5}, std::vector<int64_t>{0, 1, 0, -1, 1})};
}

inline void expect_tiny(const Graph& graph) {
  const Graph tiny = tiny_graph();
  EXPECT_EQ(graph.indptr, tiny.indptr);
  EXPECT_EQ(graph.indices, tiny.indices);
  EXPECT_EQ(to_dense(graph.features).values, tiny.features.values);
  EXPECT_EQ(graph.labels.single, tiny.labels.single);
  EXPECT_EQ(graph.labels.classes, tiny.labels.classes);
}

inline std::string all(const Notes& notes) {
  std::string text;
  for (const std::string& note : notes) text += note + "\n";
  return text;
}

}  // namespace laconic::data::test
