// A graph file of the test's own, and what loading it says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "small_graphs.hpp"

namespace laconic::data {

class Hdf5Test : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  Graph load(const std::string& split = "") const {
    SourceOptions options;
    options.file = path_;
    options.split = split;
    return load_graph(options);
  }
  std::string error(const std::string& split = "") const {
    return error_of([&] { load(split); });
  }
  const std::string path_ = ::testing::TempDir() +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".h5";
};

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
