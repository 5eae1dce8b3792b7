// A graph file of the test's own, and what loading it says.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/graph/formats/hdf5_file.hpp"
#include "small_graphs.hpp"

namespace laconic::data {

class Hdf5Test : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  Graph load(const std::string& split = "") const { return load_file(path_, split); }
  std::string error(const std::string& split = "") const {
    return error_of([&] { load(split); });
  }
  const std::string path_ = ::testing::TempDir() +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".h5";
};

inline void remove(hid_t file, const char* name) {
  ASSERT_GE(H5Ldelete(file, name, H5P_DEFAULT), 0);
}

// Replaces a dataset by one of zeros, or by one that is not written.
inline void put(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape,
                bool write = true) {
  if (H5Lexists(file, name, H5P_DEFAULT) > 0) remove(file, name);
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                         H5Sclose);
  const Hdf5Handle set(H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Dclose);
  ASSERT_TRUE(set.valid());
  const std::vector<char> zeros(1 << 16, 0);
  if (!write) return;
  ASSERT_GE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()), 0);
}

inline void expect_equal(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.indptr, b.indptr);
  EXPECT_EQ(a.indices, b.indices);
  EXPECT_EQ(a.features.cols, b.features.cols);
  EXPECT_EQ(a.features.indptr, b.features.indptr);
  EXPECT_EQ(a.features.indices, b.features.indices);
  EXPECT_EQ(a.features.values, b.features.values);
  EXPECT_EQ(a.labels.classes, b.labels.classes);
  EXPECT_EQ(a.labels.single, b.labels.single);
  EXPECT_EQ(a.labels.multi_indptr, b.labels.multi_indptr);
  EXPECT_EQ(a.labels.multi_indices, b.labels.multi_indices);
  EXPECT_EQ(a.split.train, b.split.train);
  EXPECT_EQ(a.split.val, b.split.val);
  EXPECT_EQ(a.split.test, b.split.test);
  EXPECT_EQ(a.class_names, b.class_names);
  EXPECT_EQ(a.node_names, b.node_names);
}

}  // namespace laconic::data
