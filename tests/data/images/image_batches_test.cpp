// Batches are the images asked for, in that order, with their numbers mapped; drawn images are a
// function of the seed.
#include "data/images/image_batches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "data/images/formats/shapes.hpp"

namespace laconic::data {
namespace {

Images shapes(int64_t count, int64_t seed = 1) {
  ShapesSource source;
  source.shapes.images = count;
  source.shapes.size = 12;
  return source.load(seed);
}

TEST(ImageBatches, HoldTheImagesOfAGroupWithTheirLabels) {
  const Images images = shapes(50);
  const std::vector<int32_t> rows = {3, 8, 9, 20, 21, 40, 49};
  const ImageBatches batches(images, rows, 4, {.scale = 0.5f, .shift = -3});
  EXPECT_EQ(batches.units(), 7);
  EXPECT_EQ(batches.units_per_batch(), 4);
  EXPECT_EQ(batches.max_rows(), 4);
  EXPECT_EQ(batches.rows(), 7);
  const std::unique_ptr<Batch> batch = batches.make_batch();
  for (const std::vector<int32_t>& group :
       {std::vector<int32_t>{0, 1, 2, 3}, {6}, {}, {2, 5}, {1, 3, 4, 6}}) {
    EXPECT_EQ(batches.labels_in(group), std::ssize(group));
    const graph::Feed<float>& feed = batch->build(group);
    ASSERT_EQ(&feed, &batch->feed());
    ASSERT_EQ(feed.rows, std::ssize(group));
    ASSERT_EQ(feed.extents(), ops::Extents(std::ssize(group), 12, 12));
    ASSERT_EQ(feed.inputs[0].dense.rows, feed.rows * 144);  // a row per pixel
    ASSERT_EQ(feed.inputs[0].dense.cols, 1);
    ASSERT_EQ(std::ssize(feed.targets.classes), feed.rows);
    for (int64_t i = 0; i < feed.rows; ++i) {
      const int32_t row = rows[group[i]];
      EXPECT_EQ(feed.targets.classes[i], images.labels[row]);
      for (int64_t v = 0; v < 144; ++v)
        ASSERT_EQ(feed.inputs[0].dense(i * 144 + v, 0), 0.5f * images.image(row)[v] - 3);
    }
  }
}

TEST(ImageBatches, AreNoLargerThanTheirList) {
  const Images images = shapes(20);
  EXPECT_EQ(ImageBatches(images, {1, 2}, 64, {}).max_rows(), 2);
  EXPECT_EQ(ImageBatches(images, {}, 64, {}).units(), 0);
}

TEST(StandardisedPixels, HaveZeroMeanAndUnitVarianceOverTheTrainingImages) {
  Images images = shapes(60);
  const PixelMap map = standardised(images);
  double sum = 0, squares = 0, n = 0;
  for (const int32_t i : images.split.train)
    for (const uint8_t b : images.image(i)) {
      const double x = map.scale * b + map.shift;
      sum += x;
      squares += x * x;
      ++n;
    }
  EXPECT_NEAR(sum / n, 0, 1e-5);
  EXPECT_NEAR(squares / n, 1, 1e-5);
  // The others have no say.
  for (int64_t i = images.split.val[0]; i < images.count(); ++i)
    std::fill_n(images.pixels.begin() + i * images.values(), images.values(), uint8_t{255});
  EXPECT_EQ(standardised(images).scale, map.scale);
  std::ranges::fill(images.pixels, uint8_t{7});
  const PixelMap flat = standardised(images);
  EXPECT_EQ(flat.scale * 7 + flat.shift, 0);
}

TEST(Shapes, AreAFunctionOfTheSeedWhateverTheirNumber) {
  const Images images = shapes(100), more = shapes(200), others = shapes(100, 2);
  EXPECT_TRUE(std::equal(images.pixels.begin(), images.pixels.end(), more.pixels.begin()));
  EXPECT_TRUE(std::equal(images.labels.begin(), images.labels.end(), more.labels.begin()));
  EXPECT_NE(images.pixels, others.pixels);
  EXPECT_EQ(images.split.train.size(), 60u);
  EXPECT_EQ(images.split.val.front(), 60);
  EXPECT_EQ(images.split.test.back(), 99);
  EXPECT_EQ(images.classes, 5);
  EXPECT_EQ(std::set<int32_t>(images.labels.begin(), images.labels.end()).size(), 5u);
}

// What makes them hard for a linear map: bright and dark figures cancel, so that the mean image of
// a class is the ground.
TEST(Shapes, OfAClassAverageToTheGround) {
  const Images images = shapes(4000);
  for (int32_t c = 0; c < images.classes; ++c) {
    std::vector<double> mean(images.values());
    double n = 0;
    for (int64_t i = 0; i < images.count(); ++i) {
      if (images.labels[i] != c) continue;
      ++n;
      for (int64_t v = 0; v < images.values(); ++v) mean[v] += images.image(i)[v];
    }
    for (const double m : mean) EXPECT_NEAR(m / n, 128, 12);
  }
}

}  // namespace
}  // namespace laconic::data
