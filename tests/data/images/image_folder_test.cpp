// Folders of PNG and JPEG images, and their way into the four files of MNIST.
#include "data/images/formats/image_folder.hpp"

#include <gmock/gmock.h>

#include "data/images/formats/idx.hpp"
#include "data/images/formats/idx_writer.hpp"
#include "data/images/formats/picture.hpp"
#include "tests/data/images/small_pictures.hpp"
#include "tests/data/import/foreign_files.hpp"

namespace laconic::data::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Images load(const std::string& folder) {
  ImageFolderSource source;
  source.image_folder.folder = folder;
  return source.load(1);
}

TEST(Pictures, PngIsExactAndJpegNearlySo) {
  for (const int channels : {1, 3}) {
    const Picture picture = decode(small_png(4, 3, channels), "a.png");
    EXPECT_EQ(picture.channels, channels);
    EXPECT_EQ(picture.pixels, small_pixels(4, 3, channels));
  }
  const Picture jpeg = decode(small_jpeg(9, 8), "a.jpg");
  const std::vector<uint8_t> wanted = small_pixels(9, 8, 3);
  ASSERT_EQ(jpeg.pixels.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(jpeg.pixels[i], wanted[i], 6) << i;
}

TEST(Pictures, OddOnesAreRefusedWithWhatToType) {
  EXPECT_THAT(error_of([] { decode(small_png(4, 3, 4), "a.png"); }), HasSubstr("-alpha remove"));
  EXPECT_THAT(error_of([] { decode("GIF89a", "a.png"); }), HasSubstr("neither PNG nor JPEG"));
  const std::string png = small_png(4, 3, 1), jpeg = small_jpeg(9, 8);
  EXPECT_THAT(error_of([&] { decode(png.substr(0, png.size() - 20), "a.png"); }),
              HasSubstr("a.png: damaged PNG"));
  EXPECT_THAT(error_of([&] { decode(jpeg.substr(0, jpeg.size() / 2), "a.jpg"); }),
              HasSubstr("a.jpg: damaged JPEG"));
}

TEST(ImageFolder, OneFolderPerClass) {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) {
    put(folder / fmt::format("dog/{}.png", i), small_png(4, 3, 1));
    put(folder / fmt::format("cat/{}.PNG", i), small_png(4, 3, 3));
  }
  put(folder / "cat/notes.txt", "none");
  const Images images = load(folder.path());
  EXPECT_EQ(images.count(), 40);
  EXPECT_THAT(images.class_names, ElementsAre("cat", "dog"));
  EXPECT_EQ(images.labels.front(), 0);
  EXPECT_EQ(images.channels, 3);
  EXPECT_EQ(images.names.front(), "cat/0.PNG");
  // Equal images are in the same part.
  EXPECT_EQ(
      images.split.train.size() % 20 + images.split.test.size() % 20 + images.split.val.size() % 20,
      0u);
}

TEST(ImageFolder, PartsThatAreGivenAreKeptThroughTheFilesOfMnist) {
  const TemporaryFolder folder;
  for (const std::string part : {"train", "val", "test"})
    for (const std::string name : {"a", "b"})
      for (int i = 0; i < 3; ++i)
        put(folder / (part + "/" + name + "/" + std::to_string(i) + ".png"), small_png(4, 3, 1));
  const Images images = load(folder.path());
  EXPECT_EQ(images.split.train.size(), 6u);
  EXPECT_EQ(images.split.val.size(), 6u);
  EXPECT_EQ(images.split.test.size(), 6u);
  const TemporaryFolder out;
  EXPECT_EQ(write_idx_folder(images, out / "idx"),
            "data.source.idx.validation=0.5 data.source.idx.validation_by=tail");
  IdxSource source;
  source.idx = {
      .folder = out / "idx", .validation = 0.5, .validation_by = IdxOptions::ValidationBy::tail};
  const Images again = source.load(1);
  EXPECT_THAT(again.class_names, ElementsAre("a", "b"));
  EXPECT_EQ(again.split.val.size(), 6u);
  for (const int32_t i : again.split.val)
    EXPECT_THAT(again.image(i), testing::ElementsAreArray(images.image(0)));
}

TEST(ImageFolder, ImagesWithoutAClassAreForTest) {
  const TemporaryFolder folder;
  put(folder / "1.png", small_png(4, 3, 1));
  const Images images = load(folder.path());
  EXPECT_THAT(images.labels, ElementsAre(-1));
  EXPECT_THAT(images.split.test, ElementsAre(0));
  EXPECT_THAT(error_of([&] { write_idx_folder(images, folder / "idx"); }),
              HasSubstr("without a class"));
}

TEST(ImageFolder, OddFoldersAreRefused) {
  const TemporaryFolder sizes, other, empty;
  put(sizes / "a/1.png", small_png(4, 3, 1));
  put(sizes / "a/2.png", small_png(3, 3, 1));
  EXPECT_THAT(error_of([&] { load(sizes.path()); }), HasSubstr("-resize 3x4!"));
  put(other / "a/1.gif", "GIF89a");
  EXPECT_THAT(error_of([&] { load(other.path()); }), HasSubstr("1.gif: is neither PNG nor JPEG"));
  EXPECT_THAT(error_of([&] { load(empty.path()); }), HasSubstr("no PNG or JPEG images"));
}

}  // namespace
}  // namespace laconic::data::test
