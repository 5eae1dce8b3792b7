#include <gmock/gmock.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include "data/graph/formats/hdf5_file.hpp"
#include "hdf5_fixture.hpp"

// What the library itself forgets when a write fails is not ours to free.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5";
}

namespace laconic::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Hdf5 : public Hdf5Test {
 protected:
  int temporary_files() const {
    int found = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path()))
      found += entry.path().string().starts_with(path_ + ".") ? 1 : 0;
    return found;
  }
};

TEST_F(Hdf5, ReadsBackWhatWasWrittenInEveryForm) {
  Graph g = tiny_graph();
  g.class_names = {"one", "zwölf"};
  g.node_names = {"a", "bb", "", "dddd", "e"};
  write_graph_hdf5(g, path_);
  expect_equal(load(), g);
  expect_equal(load("default"), g);

  g.features = {
      .rows = 5, .cols = 9, .indptr = {0, 1, 2, 2, 3, 4}, .indices = {8, 0, 1, 2}, .values = {}};
  g.labels = {.classes = 3,
              .single = {},
              .multi_indptr = {0, 2, 2, 3, 4, 4},
              .multi_indices = {0, 2, 1, 0}};
  g.class_names = {};
  g.node_names = {};
  write_graph_hdf5(g, path_);
  expect_equal(load(), g);

  g.features.values = {0.5f, -1, 2, 3};
  g.split.val = {};  // an empty dataset
  write_graph_hdf5(g, path_);
  expect_equal(load(), g);

  g.features = {.rows = 5, .cols = 0, .indptr = {}, .indices = {}, .values = {}};
  write_graph_hdf5(g, path_);
  expect_equal(load(), g);
  EXPECT_EQ(temporary_files(), 0);
}

// A child that is forked while another thread is within HDF5 finds the library locked for ever.
TEST_F(Hdf5, IsReadByManyThreadsAtTheSameTime) {
  const Graph g = planted({.nodes = 300, .blocks = 2, .classes = 2, .features = 8});
  write_graph_hdf5(g, path_);
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r)
    readers.emplace_back([&] {
      for (int i = 0; i < 40; ++i) expect_equal(load(), g);
    });
  for (std::thread& reader : readers) reader.join();
}

TEST_F(Hdf5, DrawsARandomSplitWhenAsked) {
  write_graph_hdf5(planted({.nodes = 50, .blocks = 2, .classes = 2, .features = 1}), path_);
  const Split split = load("random").split;
  EXPECT_EQ(split.train.size(), 30u);
  EXPECT_EQ(split.val.size(), 10u);
  EXPECT_EQ(split.test.size(), 10u);
}

TEST_F(Hdf5, LeavesNothingWhenTheFolderIsMissingOrTheGraphIsBad) {
  error_of([&] { write_graph_hdf5(tiny_graph(), "/no/such/folder/g.h5"); },
           ExitCode::cannot_create);
  Graph bad = tiny_graph();
  bad.labels.single[0] = 7;
  EXPECT_THAT(error_of([&] { write_graph_hdf5(bad, path_); }), HasSubstr("class 7"));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(temporary_files(), 0);
}

// A limit on file sizes makes writes fail midway, as a full disk does.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  sighandler_t handler_;
  rlimit before_;
};

TEST_F(Hdf5, ReportsAFullDiskAndKeepsTheOldFile) {
  write_graph_hdf5(tiny_graph(), path_);
  const Graph large = planted({.nodes = 5000});
  for (const rlim_t bytes : {rlim_t{100}, rlim_t{3000}, rlim_t{100000}}) {
    const SmallDisk disk(bytes);
    EXPECT_THAT(error_of([&] { write_graph_hdf5(large, path_); }, ExitCode::io),
                AllOf(HasSubstr(path_), HasSubstr("is the disk full?")));
    EXPECT_EQ(temporary_files(), 0);
  }
  expect_equal(load(), tiny_graph());
  write_graph_hdf5(large, path_);  // and the library still works
  expect_equal(load(), large);
}

// A good file with one thing changed; `change` works on the open file.
struct Hostile {
  const char* name;
  std::function<void(hid_t file)> change;
  const char* message;
};

void set_attribute(hid_t file, const char* name, int64_t value) {
  const Hdf5Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose);
  ASSERT_GE(H5Awrite(attribute, H5T_NATIVE_INT64, &value), 0);
}

void chunked(hid_t file, const char* name, hsize_t size) {
  remove(file, name);
  const hsize_t chunk = 1024;
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(plist, 1, &chunk);
  const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  const Hdf5Handle set(
      H5Dcreate2(file, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, plist, H5P_DEFAULT), H5Dclose);
  ASSERT_TRUE(set.valid());
}

TEST(Hdf5Graph, WithoutSplitsOrLabelsHasNone) {
  const std::string path = ::testing::TempDir() + "no_splits.h5";
  write_graph_hdf5(tiny_graph(), path);
  {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    remove(file, "splits");
    remove(file, "labels");
  }
  const Graph graph = load_file(path);
  EXPECT_TRUE(graph.split.train.empty() && graph.split.test.empty());
  EXPECT_EQ(graph.labels.classes, 0);
  EXPECT_EQ(graph.labels.single, std::vector<int32_t>(5, -1));
  EXPECT_EQ(load_file(path, "random").split.train.size(), 3u);
  std::filesystem::remove(path);
}

class HostileHdf5 : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileHdf5, IsRefusedWithFileAndDataset) {
  const std::string path = ::testing::TempDir() + "hostile_" + GetParam().name + ".h5";
  write_graph_hdf5(tiny_graph(), path);
  {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    GetParam().change(file);
  }
  EXPECT_THAT(error_of([&] { load_file(path); }),
              AllOf(HasSubstr(path + ": "), HasSubstr(GetParam().message)));
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(
    EveryKind, HostileHdf5,
    ::testing::Values(
        Hostile{"NoIndices", [](hid_t f) { remove(f, "graph/indices"); }, "graph/indices: missing"},
        Hostile{"NoGraph", [](hid_t f) { remove(f, "graph"); }, "graph/indptr: missing"},
        Hostile{"NoLabels", [](hid_t f) { remove(f, "labels/class"); }, "labels/class: missing"},
        Hostile{"NoTest", [](hid_t f) { remove(f, "splits/default/test"); },
                "splits/default/test: missing"},
        Hostile{"TwoSplits",
                [](hid_t f) {
                  H5Lcreate_hard(f, "splits/default", f, "splits/other", H5P_DEFAULT, H5P_DEFAULT);
                },
                "splits: several and none chosen; allowed: default, other, random"},
        Hostile{"NoClasses", [](hid_t f) { H5Adelete(f, "num_classes"); },
                "attribute num_classes: missing"},
        Hostile{"AbsurdClasses", [](hid_t f) { set_attribute(f, "num_classes", int64_t{1} << 40); },
                "attribute num_classes: is 1099511627776"},
        Hostile{"WrongNodes", [](hid_t f) { set_attribute(f, "num_nodes", 6); },
                "attribute num_nodes: is 6, but the datasets have 5"},
        Hostile{"WrongEntries", [](hid_t f) { set_attribute(f, "num_directed_entries", 4); },
                "num_directed_entries: is 4"},
        Hostile{"WrongFeatures", [](hid_t f) { set_attribute(f, "num_features", 3); },
                "num_features: is 3"},
        Hostile{"RealIndices", [](hid_t f) { put(f, "graph/indices", H5T_NATIVE_FLOAT, {8}); },
                "graph/indices: must hold integers"},
        Hostile{"TextFeatures",
                [](hid_t f) {
                  put(f, "features/dense", H5T_C_S1, {5, 2});
                },
                "features/dense: must hold integers or 32- or 64-bit reals"},
        Hostile{"MatrixIndptr",
                [](hid_t f) {
                  put(f, "graph/indptr", H5T_NATIVE_INT64, {2, 3});
                },
                "graph/indptr: has 2 dimensions, expected 1"},
        Hostile{"FlatFeatures", [](hid_t f) { put(f, "features/dense", H5T_NATIVE_FLOAT, {10}); },
                "features/dense: has 1 dimensions, expected 2"},
        Hostile{"FeatureRows",
                [](hid_t f) {
                  put(f, "features/dense", H5T_NATIVE_FLOAT, {4, 2});
                },
                "features have 4 rows, the graph has 5 nodes"},
        Hostile{"EmptyIndptr",
                [](hid_t f) { put(f, "graph/indptr", H5T_NATIVE_INT64, {0}, false); },
                "graph/indptr: is empty"},
        Hostile{"NeverWritten",
                [](hid_t f) { put(f, "labels/class", H5T_NATIVE_INT32, {5}, false); },
                "labels/class: needs 20 bytes"},
        Hostile{
            "AbsurdSize",
            [](hid_t f) { put(f, "graph/indptr", H5T_NATIVE_INT64, {hsize_t{1} << 50}, false); },
            "graph/indptr: needs"},
        Hostile{"AbsurdChunked", [](hid_t f) { chunked(f, "graph/indptr", hsize_t{1} << 50); },
                "graph/indptr: needs"},
        Hostile{"LongLabels", [](hid_t f) { put(f, "labels/class", H5T_NATIVE_INT32, {6}); },
                "labels/class has 6 entries, the graph has 5 nodes"},
        Hostile{"BothFeatures", [](hid_t f) { put(f, "features/indptr", H5T_NATIVE_INT64, {6}); },
                "features: has both dense and indptr"},
        Hostile{"BothLabels", [](hid_t f) { put(f, "labels/indptr", H5T_NATIVE_INT64, {6}); },
                "labels: has both class and indptr"},
        Hostile{"GroupAsDataset",
                [](hid_t f) {
                  remove(f, "graph/indptr");
                  H5Gclose(H5Gcreate2(f, "graph/indptr", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
                },
                "graph/indptr: is not a dataset"},
        Hostile{"ExternalLink",
                [](hid_t f) {
                  remove(f, "graph/indptr");
                  H5Lcreate_external("other.h5", "/x", f, "graph/indptr", H5P_DEFAULT, H5P_DEFAULT);
                },
                "graph/indptr: is a link to another place"},
        Hostile{"SoftLinkLoop",
                [](hid_t f) {
                  remove(f, "graph/indptr");
                  H5Lcreate_soft("/graph/indptr", f, "graph/indptr", H5P_DEFAULT, H5P_DEFAULT);
                },
                "graph/indptr: is a link"},
        Hostile{"BadSplit", [](hid_t f) { put(f, "splits/default/train", H5T_NATIVE_INT64, {3}); },
                "node 0 is in train and again there"}),
    [](const auto& spoiled) { return spoiled.param.name; });

TEST_F(Hdf5, ReadsOtherWidthsAndByteOrdersAndClampsWhatDoesNotFit) {
  write_graph_hdf5(tiny_graph(), path_);
  {
    const Hdf5Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const auto rewrite = [&](const char* name, hid_t stored, hid_t memory,
                             std::vector<hsize_t> shape, const void* values) {
      put(file, name, stored, shape);
      const Hdf5Handle set(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
      H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    };
    const Graph g = tiny_graph();
    rewrite("graph/indices", H5T_STD_U64BE, H5T_NATIVE_INT32, {8}, g.indices.data());
    rewrite("features/dense", H5T_IEEE_F64BE, H5T_NATIVE_FLOAT, {5, 2}, g.features.values.data());
    rewrite("labels/class", H5T_STD_I8LE, H5T_NATIVE_INT32, {5}, g.labels.single.data());
  }
  expect_equal(load(), tiny_graph());
  {
    const Hdf5Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle set(H5Dopen2(file, "graph/indices", H5P_DEFAULT), H5Dclose);
    const std::vector<int64_t> wide{1, int64_t{1} << 32, 0, 2, 0, 1, 3,
                                    2};  // the second would be 0 if cut off
    H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, wide.data());
  }
  EXPECT_THAT(error(), HasSubstr("node 0 has 2147483647; allowed: 0 to 4"));
}

TEST_F(Hdf5, ReadsEverySharedGraph) {
  SKIP_WITHOUT_SHARED_DATA();
  const Graph cora = shared_graph("cora", "planetoid");
  EXPECT_EQ(cora.nodes(), 2708);
  EXPECT_EQ(cora.undirected_edges(), 5278);
  EXPECT_EQ(cora.features.cols, 1433);
  EXPECT_TRUE(cora.features.is_sparse() && cora.features.values.empty());
  EXPECT_EQ(cora.labels.classes, 7);
  EXPECT_EQ(cora.split.train.size(), 140u);
  const Graph coauthor = shared_graph("coauthor_cs", "frac602020_s0");
  EXPECT_EQ(coauthor.undirected_edges(), 81894);
  EXPECT_FALSE(coauthor.features.values.empty());
  EXPECT_EQ(shared_graph("amazon_cs", "per20_s0").undirected_edges(), 245861);
  const Graph tolokers = shared_graph("tolokers", "official_1");
  EXPECT_FALSE(tolokers.features.is_sparse());
  EXPECT_EQ(tolokers.features.cols, 10);
  const Graph blogs = shared_graph("blogcatalog3_multilabel", "");
  EXPECT_TRUE(blogs.labels.is_multi_label());
  EXPECT_EQ(blogs.features.cols, 0);
}

}  // namespace
}  // namespace laconic::data
