// Graphs in .npz files, by the conventions of those who write them; and files that are odd.
#include <gmock/gmock.h>
#include <zlib.h>

#include <cmath>

#include "data/unpacked.hpp"
#include "tests/data/import/foreign_files.hpp"

namespace laconic::data::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using I = std::vector<int64_t>;
using F = std::vector<float>;

TEST(ImportNpz, PyTorchGeometricWithMasks) {
  const std::vector<uint8_t> train = {1, 1, 0, 0, 0}, val = {0, 0, 1, 0, 0}, test = {0, 0, 0, 1, 1};
  const ImportedGraph g = imported(npz({tiny_edges(),
                                        tiny_features(),
                                        tiny_labels(),
                                        {"train_mask", npy("|b1", {5}, train)},
                                        {"val_mask", npy("|b1", {5}, val)},
                                        {"test_mask", npy("|b1", {5}, test)}}));
  expect_tiny(g.graph);
  ASSERT_EQ(g.splits.size(), 1u);
  EXPECT_EQ(g.splits[0].name, "default");
  EXPECT_THAT(g.splits[0].split.train, ElementsAre(0, 1));
  EXPECT_THAT(g.splits[0].split.test, ElementsAre(3, 4));
}

TEST(ImportNpz, GnnBenchmarkWithSparsePartsAndAnUpperTriangle) {
  const ImportedGraph g = imported(npz({{"adj_data", npy_of({4}, F{1, 1, 1, 1})},
                                        {"adj_indices", npy_of({4}, I{1, 2, 2, 3})},
                                        {"adj_indptr", npy_of({6}, I{0, 2, 3, 4, 4, 4})},
                                        {"adj_shape", npy_of({2}, I{5, 5})},
                                        {"attr_data", npy_of({3}, F{1, 2, 0})},
                                        {"attr_indices", npy_of({3}, I{3, 0, 1})},
                                        {"attr_indptr", npy_of({6}, I{0, 1, 2, 3, 3, 3})},
                                        {"attr_shape", npy_of({2}, I{5, 4})},
                                        {"labels", npy_of({5}, I{0, 1, 0, -1, 1})},
                                        {"class_names", npy_header("|O", {2}) + "\x80\x03junk"}}));
  EXPECT_EQ(g.graph.indices, tiny_graph().indices);
  EXPECT_THAT(g.graph.features.indices, ElementsAre(3, 0));
  EXPECT_EQ(g.graph.features.cols, 4);
  EXPECT_THAT(all(g.notes), HasSubstr("4 reverse edges added"));
  EXPECT_THAT(all(g.notes), HasSubstr("1 stored zeros left out"));
  EXPECT_THAT(all(g.notes), HasSubstr("class_names: holds pickled"));
}

TEST(ImportNpz, ScipyAlone) {
  const ImportedGraph g =
      imported(npz({{"indices", npy("<i4", {4}, std::vector<int32_t>{1, 2, 2, 3})},
                    {"indptr", npy("<i4", {6}, std::vector<int32_t>{0, 2, 3, 4, 4, 4})},
                    {"format", npy_header("|S3", {}) + "csr"},
                    {"shape", npy_of({2}, I{5, 5})},
                    {"data", npy("<f8", {4}, std::vector<double>{1, 2, 1, 1})}}));
  EXPECT_EQ(g.graph.indices, tiny_graph().indices);
  EXPECT_EQ(g.graph.labels.classes, 0);
  EXPECT_THAT(g.graph.weights, ElementsAre(1, 2, 1, 1, 2, 1, 1, 1));
  EXPECT_THAT(all(g.notes), HasSubstr("indices: 4 weights of edges; data.edge_weights=false"));
}

TEST(ImportNpz, WeightsOfEdges) {
  const auto with = [](const std::string& weights) {
    return npz({tiny_edges(), tiny_features(), tiny_labels(), {"edge_weight", weights}});
  };
  const ImportedGraph g = imported(with(npy_of({8}, F{1, 1, 2, 2, .5, .5, 3, 3})));
  expect_tiny(g.graph);
  EXPECT_THAT(g.graph.weights, ElementsAre(1, 2, 1, .5, 2, .5, 3, 3));
  EXPECT_TRUE(imported(with(npy_of({8, 1}, F(8, 1)))).graph.weights.empty());
  const ImportedGraph less = imported(with(npy_of({8}, F{1, 1, 2, 2, .5, .5, 0, 0})));
  EXPECT_EQ(less.graph.undirected_edges(), 3);
  EXPECT_THAT(all(less.notes), HasSubstr("2 edges of weight 0 removed"));
  const ImportedGraph negative = imported(with(npy_of({8}, F{1, 1, 2, 2, -1, -1, NAN, 1})));
  EXPECT_TRUE(negative.graph.weights.empty());
  EXPECT_THAT(all(negative.notes), HasSubstr("3 of 8 weights of edges are negative or not finite"));
  EXPECT_THAT(all(imported(with(npy_of({8, 2}, F(16, 1)))).notes), HasSubstr("shape [8, 2]"));
  EXPECT_THAT(refusal(with(npy_of({8}, F{1, 2, 2, 2, 5, 5, 3, 3}))),
              HasSubstr("the edge between 1 and 0 has the weights 1 and 2"));
  EXPECT_THAT(refusal(with(npy_of({7}, F(7, 2)))), HasSubstr("7 weights, but there are 8 edges"));
}

TEST(ImportNpz, OgbNamesIdsAndColumnsOfLabels) {
  const ImportedGraph g = imported(npz({tiny_edges(),
                                        {"node_feat", tiny_features().bytes},
                                        {"node_label", npy("<f4", {5, 1}, F{0, 1, 0, NAN, 1})},
                                        {"num_nodes_list", npy_of({1}, I{5})},
                                        {"train_idx", npy_of({2}, I{1, 0})},
                                        {"valid_idx", npy_of({1}, I{2})},
                                        {"test_idx", npy_of({3}, I{4, 3, 4})}}));
  expect_tiny(g.graph);
  EXPECT_THAT(g.splits.at(0).split.train, ElementsAre(0, 1));
  EXPECT_THAT(g.splits.at(0).split.test, ElementsAre(3, 4));
  EXPECT_THAT(all(g.notes), HasSubstr("1 nodes have no label"));
  EXPECT_THAT(all(g.notes), HasSubstr("1 repeated nodes left out"));
}

TEST(ImportNpz, SeveralMasksBecomeSeveralSplits) {
  const std::vector<uint8_t> train = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0},
                             test = {0, 1, 1, 0, 0, 0, 0, 0, 0, 0};
  const ImportedGraph g = imported(npz({tiny_edges(),
                                        tiny_features(),
                                        tiny_labels(),
                                        {"train_mask", npy("|b1", {5, 2}, train)},
                                        {"test_mask", npy("|b1", {5, 2}, test)}}));
  ASSERT_EQ(g.splits.size(), 2u);
  EXPECT_THAT(g.splits[0].split.train, ElementsAre(0));
  EXPECT_THAT(g.splits[1].split.train, ElementsAre(1));
  EXPECT_THAT(g.splits[1].split.test, ElementsAre(0));
}

TEST(ImportNpz, OneHotHalfAndBigEndian) {
  const std::vector<uint8_t> hot = {1, 0, 0, 1, 1, 0, 0, 0, 0, 1};
  const std::vector<uint16_t> half = {0x0000, 0x3c00, 0x4000, 0x4200, 0x4400,
                                      0x4500, 0x4600, 0x4700, 0x4800, 0x4880};
  std::string swapped;
  for (const int64_t v : I{0, 1, 0, 2, 1, 2, 2, 3, 1, 0, 2, 0, 2, 1, 3, 2})
    swapped += std::string(7, '\0') + static_cast<char>(v);
  const ImportedGraph g = imported(npz({{"edge_index", npy_header(">i8", {2, 8}) + swapped},
                                        {"x", npy("<f2", {5, 2}, half)},
                                        {"y", npy("|b1", {5, 2}, hot)}}));
  expect_tiny(g.graph);
  EXPECT_THAT(all(g.notes), HasSubstr("one-hot rows became classes; 1 rows"));
}

TEST(ImportNpz, FortranOrderIsTurned) {
  std::string array = npy_of({5, 2}, F{0, 2, 4, 6, 8, 1, 3, 5, 7, 9});
  array.replace(array.find("False"), 5, "True ");
  expect_tiny(imported(npz({tiny_edges(), {"x", array}, tiny_labels()})).graph);
}

TEST(ImportNpz, SeveralLabelsPerNode) {
  const ImportedGraph g =
      imported(npz({tiny_edges(),
                    tiny_features(),
                    {"y", npy_of({5, 3}, F{1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0})}}));
  EXPECT_THAT(g.graph.labels.multi_indptr, ElementsAre(0, 2, 2, 3, 3, 4));
  EXPECT_THAT(g.graph.labels.multi_indices, ElementsAre(0, 1, 2, 0));
}

TEST(ImportNpz, CountsLoopsDuplicatesAndDirections) {
  const ImportedGraph g =
      imported(npz({{"edges", npy_of({7, 2}, I{0, 1, 1, 0, 0, 2, 1, 2, 1, 2, 2, 3, 4, 4})},
                    tiny_features(),
                    tiny_labels()}));
  expect_tiny(g.graph);
  EXPECT_THAT(all(g.notes), HasSubstr("7 entries, 4 edges without direction"));
  EXPECT_THAT(all(g.notes), HasSubstr("1 self loops removed"));
  EXPECT_THAT(all(g.notes), HasSubstr("1 duplicates merged"));
  EXPECT_THAT(all(g.notes), HasSubstr("3 reverse edges added"));
}

TEST(ImportNpz, NodesThatCountFromOne) {
  const ImportedGraph g =
      imported(npz({{"edges", npy_of({4, 2}, I{1, 2, 1, 3, 2, 3, 3, 5})}, tiny_features()}));
  EXPECT_THAT(all(g.notes), HasSubstr("1 was subtracted"));
  EXPECT_EQ(g.graph.pattern().degree(4), 1);
}

TEST(ImportNpz, DoublesThatAreRoundedAreCounted) {
  const std::vector<double> x = {0.1, 1, 2, 3, 4};
  const ImportedGraph g = imported(npz({tiny_edges(), {"x", npy("<f8", {5}, x)}}));
  EXPECT_THAT(all(g.notes), HasSubstr("1 numbers rounded to float32"));
  EXPECT_EQ(g.graph.features.cols, 1);
}

TEST(ImportNpz, WhatNobodyKnowsIsNamed) {
  const ImportedGraph g =
      imported(npz({tiny_edges(), tiny_features(), {"edge_time", npy_of({8}, F(8, 1))}}));
  EXPECT_THAT(all(g.notes), HasSubstr("edge_time [8]: left out"));
}

struct Odd {
  const char* name;
  std::vector<ZipMember> arrays;
  const char* message;
};

class OddNpz : public testing::TestWithParam<Odd> {};
TEST_P(OddNpz, IsRefusedWithWhatToType) {
  const std::string message = refusal(npz(GetParam().arrays));
  EXPECT_THAT(message, HasSubstr(GetParam().message));
  EXPECT_THAT(message, HasSubstr("graph.npz"));
  EXPECT_EQ(message.find('\n'), message.npos);
}

INSTANTIATE_TEST_SUITE_P(
    Files, OddNpz,
    testing::Values(
        Odd{"NoEdges", {tiny_features()}, "no edges; expected edge_index"},
        Odd{"ObjectsInEdges", {{"edge_index", npy_header("|O", {2, 4}) + "\x80\x03"}}, "no edges"},
        Odd{"FractionsInLabels",
            {tiny_edges(), {"y", npy_of({5}, F{0, 1.5, 0, 0, 0})}},
            "must be a whole number; classes"},
        Odd{"ProbabilitiesAsLabels",
            {tiny_edges(), {"y", npy_of({5, 2}, F(10, 0.5))}},
            "y.argmax(1)"},
        Odd{"NanInFeatures",
            {tiny_edges(), {"x", npy_of({5, 1}, F{0, 1, NAN, 0, 0})}},
            "numpy.nan_to_num(x)"},
        Odd{"NodeOutOfRange",
            {{"edges", npy_of({2, 2}, I{0, 1, 7, 2})}, tiny_features()},
            "node numbers must be from 0 to 4"},
        Odd{"NegativeNode",
            {{"edges", npy_of({2, 2}, I{0, 1, -1, 2})}, tiny_features()},
            "node numbers must be from 0 to 4"},
        Odd{"OtherNumbersOfNodes",
            {tiny_edges(), tiny_features(), {"y", npy_of({4}, I{0, 1, 0, 1})}},
            "5 rows of features, but 4 labels"},
        Odd{"Complex",
            {tiny_edges(), {"x", npy_header("<c8", {5}) + std::string(40, 'a')}},
            "type '<c8'; allowed: bool"},
        Odd{"Records",
            {tiny_edges(), {"x", npy_header("<i4", {5}).replace(11, 20, "'descr': [('a', 'i4'")}},
            "header"},
        Odd{"ShapeTooLarge",
            {tiny_edges(), {"x", npy_header("<f4", {1000000, 1000000})}},
            "does not fit its 0 bytes"},
        Odd{"ShapeThatOverflows",
            {tiny_edges(), {"x", npy_header("<f8", {INT64_MAX, INT64_MAX, 8})}},
            "does not fit"},
        Odd{"ThreeDimensions",
            {tiny_edges(), {"x", npy_of({5, 1, 2}, F(10, 1))}},
            "x.reshape(len(x), -1)"},
        Odd{"EdgesWithThreeRows",
            {{"edge_index", npy_of({3, 4}, I(12, 0))}},
            "numpy.stack([source, target])"},
        Odd{"MaskTooShort",
            {tiny_edges(),
             tiny_features(),
             {"train_mask", npy("|b1", {4}, std::vector<uint8_t>(4, 1))}},
            "a mask of shape [4], but there are 5 nodes"},
        Odd{"SplitsOverlap",
            {tiny_edges(),
             tiny_features(),
             {"train_idx", npy_of({1}, I{1})},
             {"test_idx", npy_of({1}, I{1})}},
            "splits must be disjoint"},
        Odd{"IdThatDoesNotExist",
            {tiny_edges(), tiny_features(), {"train_idx", npy_of({1}, I{5})}},
            "does not exist: 5"},
        Odd{"CscMatrix",
            {{"indices", npy_of({0}, I{})},
             {"indptr", npy_of({2}, I{0, 0})},
             {"shape", npy_of({2}, I{1, 1})},
             {"format", npy_header("|S3", {}) + "csc"}},
            "A.tocsr()"},
        Odd{"MatrixNotSquare",
            {{"adj_indices", npy_of({1}, I{2})},
             {"adj_indptr", npy_of({3}, I{0, 1, 1})},
             {"adj_shape", npy_of({2}, I{2, 3})}},
            "an adjacency matrix is square"},
        Odd{"PointersDescend",
            {{"adj_indices", npy_of({2}, I{0, 1})},
             {"adj_indptr", npy_of({4}, I{0, 2, 1, 2})},
             {"adj_shape", npy_of({2}, I{3, 3})}},
            "must ascend"},
        Odd{"SeveralGraphs",
            {tiny_edges(), {"num_nodes_list", npy_of({2}, I{5, 5})}},
            "2 graphs; only one"},
        Odd{"HugeLabels",
            {tiny_edges(), {"y", npy_of({5}, I{5000, 1, 2, 3, 4})}},
            "numpy.unique(y, return_inverse=True)"},
        Odd{"PyTorch", {{"archive/data.pkl", ""}}, "graph.npz"}),
    [](const auto& test) { return test.param.name; });

TEST(OddFiles, AreNamedForWhatTheyAre) {
  const std::vector<ZipMember> torch = {{"archive/data.pkl", "x"}};
  EXPECT_THAT(refusal(make_zip(torch), "data.pt"), HasSubstr("torch.load"));
  EXPECT_THAT(refusal("\x80\x04\x95junk", "ind.cora.graph"), HasSubstr("pickled Python objects"));
  EXPECT_THAT(refusal("MATLAB 5.0 MAT-file", "a.mat"), HasSubstr("scipy.io.loadmat"));
  EXPECT_THAT(refusal("<?xml version=\"1.0\"?>", "a.graphml"), HasSubstr("networkx"));
  EXPECT_THAT(refusal(std::string("\x89HDF\r\n\x1a\n") + "junk", "a.bin"),
              HasSubstr("an HDF5 file of another layout"));
  EXPECT_THAT(refusal(std::string("a\0b", 3), "a.bin"), HasSubstr("neither text nor"));
  EXPECT_THAT(refusal("", "edges.csv"), HasSubstr("has no line of data"));
}

TEST(OddFiles, ZipFilesThatLieAreRefused) {
  const std::string good = npz({tiny_edges(), tiny_features()});
  for (size_t cut = 1; cut < good.size(); cut += 97)
    EXPECT_NE(refusal(good.substr(0, good.size() - cut)), "") << cut;
  std::string flipped = good;
  flipped[good.size() / 3] = static_cast<char>(flipped[good.size() / 3] ^ 1);
  EXPECT_THAT(refusal(flipped), HasSubstr("graph.npz"));
  // A member that claims to unpack to more than deflate can pack: 2 GB.
  std::string bomb = good;
  const size_t directory = bomb.find("PK\1\2");
  bomb[8] = bomb[directory + 10] = 8;
  bomb[25] = bomb[directory + 27] = 0x7f;
  EXPECT_THAT(refusal(bomb), HasSubstr("its size"));
}

TEST(OddFiles, AGzipBombIsRefusedBeforeItFillsTheMemory) {
  EXPECT_THAT(error_of([] { require_memory(INT64_MAX, "bomb.csv.gz"); }),
              HasSubstr("bomb.csv.gz: unpacks to"));
}

}  // namespace
}  // namespace laconic::data::test
