// Labels and splits in the shapes that people have, and graphs without features.
#include "data/graph/formats/hdf5_labels.hpp"

#include <gmock/gmock.h>

#include "data/graph/formats/hdf5.hpp"
#include "tests/data/graph/hdf5_copies.hpp"
#include "tests/data/graph/hdf5_fixture.hpp"

namespace laconic::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A good file of five nodes, one dataset of which is replaced.
class Hdf5Labels : public Hdf5Test {
 protected:
  void SetUp() override { write_graph_hdf5(tiny_graph(), path_); }

  template <class T>
  void replace(const char* name, hid_t stored, hid_t memory, std::vector<hsize_t> shape,
               const std::vector<T>& values) {
    const Hdf5Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Ldelete(file, name, H5P_DEFAULT);
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                           H5Sclose);
    const Hdf5Handle set(
        H5Dcreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    demand_hdf5(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, name);
  }
  void integers(const char* name, std::vector<hsize_t> shape, const std::vector<int64_t>& values) {
    replace(name, H5T_STD_I32LE, H5T_NATIVE_INT64, std::move(shape), values);
  }
  void reals(const char* name, std::vector<hsize_t> shape, const std::vector<double>& values) {
    replace(name, H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, std::move(shape), values);
  }
  void flags(const char* name, const std::vector<int8_t>& values) {
    const Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    for (const auto& [word, value] : {std::pair{"FALSE", int8_t{0}}, {"TRUE", int8_t{1}}})
      H5Tenum_insert(type, word, &value);
    replace(name, type, type, {values.size()}, values);
  }
};

TEST_F(Hdf5Labels, MayBeAColumnARowOrRealsThatAreWhole) {
  integers("labels/class", {5, 1}, {0, 1, 1, -1, 0});
  EXPECT_THAT(load().labels.single, ElementsAre(0, 1, 1, -1, 0));
  integers("labels/class", {1, 5}, {1, 1, 1, -1, 0});
  EXPECT_THAT(load().labels.single, ElementsAre(1, 1, 1, -1, 0));
  reals("labels/class", {5}, {0, 1, -1, 1, 1});
  EXPECT_THAT(load().labels.single, ElementsAre(0, 1, -1, 1, 1));
  flags("labels/class", {0, 1, 0, 1, 1});
  EXPECT_THAT(load().labels.single, ElementsAre(0, 1, 0, 1, 1));
}

TEST_F(Hdf5Labels, OfOtherShapesAreRefusedWithWhatMakesThem) {
  integers("labels/class", {5, 2}, {0, 1, 1, 0, 0, 1, 1, 0, 1, 0});
  EXPECT_THAT(error(), AllOf(HasSubstr("labels/class: has shape [5, 2], expected one column"),
                             HasSubstr("y.argmax(1)"), HasSubstr("labels/indptr")));
  reals("labels/class", {5}, {0, 1, 0.5, 1, 1});
  EXPECT_THAT(error(), HasSubstr("labels/class: entry 2 is 0.5; must be a whole number"));
  reals("labels/class", {5}, {0, 1, std::nan(""), 1, 1});
  EXPECT_THAT(error(), AllOf(HasSubstr("entry 2 is nan"), HasSubstr("numpy.isnan(y), -1, y")));
  const Hdf5Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  replace<char>("labels/class", text, text, {5}, {'a', 'b', 'a', 'c', 'a'});
  EXPECT_THAT(error(), AllOf(HasSubstr("must hold integers"), HasSubstr("numpy.unique")));
}

TEST_F(Hdf5Labels, ThatCountFromOneAreRecognised) {
  integers("labels/class", {5}, {1, 2, 2, 1, 1});
  EXPECT_THAT(error(), HasSubstr("node 1 has class 2; allowed: 0 to 1, -1 = none; these count "
                                 "from 1: store y - 1"));
  integers("labels/class", {5}, {0, 2, 2, 1, 1});
  EXPECT_THAT(error(), testing::Not(HasSubstr("count from 1")));
}

TEST_F(Hdf5Labels, SplitsMayBeMasks) {
  integers("splits/default/train", {5}, {1, 0, 1, 0, 0});
  flags("splits/default/val", {0, 1, 0, 0, 0});
  reals("splits/default/test", {5, 1}, {0, 0, 0, 1, 1});
  const Split split = load().split;
  EXPECT_THAT(split.train, ElementsAre(0, 2));
  EXPECT_THAT(split.val, ElementsAre(1));
  EXPECT_THAT(split.test, ElementsAre(3, 4));
}

TEST_F(Hdf5Labels, ZerosAndOnesAreIdsWhereTheyAreTooFewForAMask) {
  integers("splits/default/train", {2}, {1, 0});
  integers("splits/default/val", {0}, {});
  integers("splits/default/test", {1}, {4});
  EXPECT_THAT(load().split.train, ElementsAre(0, 1));
}

TEST_F(Hdf5Labels, AMaskOfAnotherLengthIsRefused) {
  flags("splits/default/val", {0, 1, 0, 0});
  EXPECT_THAT(error(), HasSubstr("splits/default/val: is a mask of 4 entries, but there are 5"));
  integers("splits/default/val", {5, 2}, {0, 1, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_THAT(error(), HasSubstr("of several masks choose one: mask[:, 0]"));
}

TEST_F(Hdf5Labels, AbsentFeaturesAreAColumnPerNodeOrTheDegree) {
  {
    const Hdf5Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Ldelete(file, "features", H5P_DEFAULT);
  }
  Hdf5Source source;
  source.file = path_;
  EXPECT_EQ(source.load(1).features.cols, 0);
  source.missing_features = MissingFeatures::identity;
  const Features identity = source.load(1).features;
  EXPECT_EQ(identity.cols, 5);
  EXPECT_THAT(identity.indices, ElementsAre(0, 1, 2, 3, 4));
  source.missing_features = MissingFeatures::degree;
  const Graph graph = source.load(1);
  ASSERT_EQ(graph.features.cols, 1);
  for (int64_t i = 0; i < graph.nodes(); ++i)
    EXPECT_EQ(graph.features.values[i], static_cast<float>(graph.pattern().degree(i)));
}

TEST_F(Hdf5Labels, FeaturesThatAreThereStay) {
  Hdf5Source source;
  source.file = path_;
  source.missing_features = MissingFeatures::identity;
  EXPECT_EQ(source.load(1).features.values, tiny_graph().features.values);
}

}  // namespace
}  // namespace laconic::data
