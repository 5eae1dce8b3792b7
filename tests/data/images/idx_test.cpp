// Files in the idx format: what is in them comes out, and every damage is an error with file and
// offset.
#include <gmock/gmock.h>

#include <algorithm>

#include "data/images/formats/idx_file.hpp"
#include "tests/data/graph/small_graphs.hpp"
#include "tests/data/images/idx_files.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::data::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Idx : public ::testing::Test {
 protected:
  std::string file(const std::string& name) const { return folder_ / name; }
  // What reading `bytes` as a file says; with the path taken off.
  std::string error(const Bytes& bytes) const {
    write_bytes(file("x-ubyte"), bytes);
    const std::string text = error_of([&] { read_idx(file("x-ubyte")); });
    EXPECT_EQ(text.find(file("x-ubyte") + ": "), 0u) << text;
    return text.substr(file("x-ubyte").size() + 2);
  }
  // What loading the four files of `set` says.
  std::string error_of_set(const SmallSet& set, int64_t classes = 0) const {
    set.write(folder_.path());
    IdxSource source = idx_source(folder_.path());
    source.idx.classes = classes;
    return error_of([&] { source.load(1); });
  }
  TemporaryFolder folder_;
};

TEST_F(Idx, GivesWhatIsInThePlainAndTheCompressedFile) {
  const Bytes pixels = some_pixels(5, 12);
  for (const std::vector<uint32_t>& sizes :
       {std::vector<uint32_t>{5, 4, 3}, {5, 2, 3, 2}, {60}, {1, 60, 1}}) {
    const Bytes bytes = idx_bytes(sizes, pixels);
    write_bytes(file("plain-ubyte"), bytes);
    write_gzip(file("packed-ubyte.gz"), bytes);
    for (const char* name : {"plain-ubyte", "packed-ubyte.gz"}) {
      const IdxFile idx = read_idx(file(name));
      EXPECT_TRUE(std::ranges::equal(idx.sizes, sizes));
      EXPECT_EQ(idx.bytes, pixels);
      EXPECT_EQ(idx.header(), std::ssize(bytes) - std::ssize(pixels));
    }
  }
}

TEST_F(Idx, NamesTheOffsetOfEveryMistake) {
  const Bytes good = idx_bytes({5, 4, 3}, some_pixels(5, 12));
  const auto with = [&](size_t at, uint8_t value) {
    Bytes bytes = good;
    bytes[at] = value;
    return bytes;
  };
  EXPECT_THAT(error({}), HasSubstr("byte 0: the file ends within the magic number"));
  EXPECT_THAT(error(with(3, 2)), HasSubstr("byte 0: magic number 00000802; allowed"));
  EXPECT_THAT(error(with(2, 13)), HasSubstr("byte 0: magic number 00000d03"));
  EXPECT_THAT(error(with(0, 1)), HasSubstr("byte 0: magic number 01000803"));
  EXPECT_THAT(error(with(7, 0)), HasSubstr("byte 4: size 0 of dimension 1"));
  EXPECT_THAT(error(with(8, 0x80)), HasSubstr("byte 8: size 2147483652 of dimension 2"));
  EXPECT_THAT(error(with(7, 4)), HasSubstr("byte 64: more data than the 48 bytes"));
  EXPECT_THAT(error(with(7, 6)), HasSubstr("byte 76: the file ends within its data"));
  EXPECT_THAT(error(with(12, 1)), HasSubstr("byte 12: the header names 20 x 16777219 bytes"));
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_THAT(error(longer), HasSubstr("byte 76: more data than the 60 bytes"));
  EXPECT_THAT(error_of([&] { read_idx(file("none-ubyte")); }), HasSubstr("none-ubyte: cannot"));
  EXPECT_THAT(error_of([&] { read_idx(folder_.path()); }), HasSubstr("is not a file"));
}

TEST_F(Idx, RefusesAFileCutOffAnywhere) {
  const Bytes good = idx_bytes({5, 4, 3}, some_pixels(5, 12));
  write_gzip(file("good-ubyte.gz"), good);
  const Bytes packed = read_bytes(file("good-ubyte.gz"));
  for (const Bytes& whole : {good, packed})
    for (size_t length = 0; length < whole.size(); ++length)
      EXPECT_THAT(error(Bytes(whole.begin(), whole.begin() + static_cast<int64_t>(length))),
                  HasSubstr("byte "))
          << length;
}

// A changed byte of the gzip header may mean nothing; then the content is that of the whole file.
TEST_F(Idx, RefusesChangedBytesInACompressedFileOrIsNotMisled) {
  const Bytes pixels = some_pixels(5, 12);
  write_gzip(file("good-ubyte.gz"), idx_bytes({5, 4, 3}, pixels));
  const Bytes packed = read_bytes(file("good-ubyte.gz"));
  size_t refused = 0;
  for (size_t at = 0; at < packed.size(); ++at)
    for (const uint8_t flip : {0x01, 0x80, 0xff}) {
      Bytes changed = packed;
      changed[at] ^= flip;
      write_bytes(file("x-ubyte.gz"), changed);
      try {
        EXPECT_EQ(read_idx(file("x-ubyte.gz")).bytes, pixels) << "byte " << at;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::data);
        EXPECT_THAT(error.what(), HasSubstr("x-ubyte.gz: byte "));
        ++refused;
      }
    }
  EXPECT_GT(refused, 3 * (packed.size() - 12));  // all but the header's unused fields
}

TEST_F(Idx, IsKnownByTheEndOfItsName) {
  for (const char* name : {"train-images-idx3-ubyte", "a/t10k-labels-idx1-ubyte.gz", "x.idx"})
    EXPECT_TRUE(is_idx_name(name)) << name;
  for (const char* name : {"cora.h5", "ubyte.yaml", "x.gz", ""}) EXPECT_FALSE(is_idx_name(name));
}

TEST_F(Idx, FourFilesMakeADataSet) {
  const SmallSet set;
  set.write(folder_.path(), /*gzip=*/true);
  IdxSource source = idx_source(folder_.path());
  source.idx.validation_by = IdxOptions::ValidationBy::tail;
  const Images images = source.load(1);
  EXPECT_EQ(images.count(), 26);
  EXPECT_EQ(images.height, 4);
  EXPECT_EQ(images.width, 3);
  EXPECT_EQ(images.channels, 1);
  EXPECT_EQ(images.classes, 5);
  EXPECT_EQ(images.labels[7], 2);
  EXPECT_EQ(images.labels[21], 1);  // test image 1
  EXPECT_EQ(images.image(4)[2], 4 * 7 + 2 * 13);
  EXPECT_EQ(images.image(22)[1], 2 * 7 + 13);
  EXPECT_EQ(images.split.train.size(), 18u);
  EXPECT_THAT(images.split.val, ::testing::ElementsAre(18, 19));
  EXPECT_THAT(images.split.test, ::testing::ElementsAre(20, 21, 22, 23, 24, 25));
}

TEST_F(Idx, ThePlainFileComesBeforeTheCompressedOne) {
  SmallSet set;
  set.write(folder_.path());
  set.train_labels = idx_bytes({20}, some_labels(20, 3));
  set.write(folder_.path(), /*gzip=*/true);
  EXPECT_EQ(idx_source(folder_.path()).load(1).classes, 5);
}

TEST_F(Idx, ImagesMayHaveChannels) {
  SmallSet set;
  set.train_images = idx_bytes({20, 2, 3, 2}, some_pixels(20, 12));
  set.test_images = idx_bytes({6, 2, 3, 2}, some_pixels(6, 12));
  set.write(folder_.path());
  const Images images = idx_source(folder_.path()).load(1);
  EXPECT_EQ(images.channels, 2);
  EXPECT_EQ(images.values(), 12);
}

TEST_F(Idx, FilesThatDisagreeAreRefusedByFileAndOffset) {
  SmallSet set;
  set.train_labels = idx_bytes({19}, some_labels(19, 5));
  EXPECT_THAT(error_of_set(set), AllOf(HasSubstr("train-labels-idx1-ubyte: byte 4: 19 labels"),
                                       HasSubstr("has 20 images")));
  set = {};
  set.test_images = idx_bytes({6, 3, 4}, some_pixels(6, 12));
  EXPECT_THAT(error_of_set(set),
              HasSubstr("t10k-images-idx3-ubyte: byte 8: images of 3 x 4 x 1, those for training"));
  set = {};
  std::swap(set.train_images, set.train_labels);
  EXPECT_THAT(error_of_set(set),
              HasSubstr("train-images-idx3-ubyte: byte 0: holds labels, must hold images"));
  set = {};
  set.train_labels = set.train_images;
  EXPECT_THAT(error_of_set(set),
              HasSubstr("train-labels-idx1-ubyte: byte 0: holds images, must hold labels"));
}

TEST_F(Idx, LabelsOutOfRangeAreRefusedByOffset) {
  SmallSet set;
  EXPECT_THAT(error_of_set(set, 4),
              HasSubstr("train-labels-idx1-ubyte: byte 12: label 4 of image 4; allowed: 0 to 3"));
  set.test_labels[8 + 3] = 5;  // no training image has this class
  EXPECT_THAT(error_of_set(set),
              HasSubstr("t10k-labels-idx1-ubyte: byte 11: label 5 of image 3; allowed: 0 to 4"));
  set.write(folder_.path());
  IdxSource source = idx_source(folder_.path());
  source.idx.classes = 10;
  EXPECT_EQ(source.load(1).classes, 10);
}

TEST_F(Idx, AMissingFileIsNamedWithWhatTheFolderMustHold) {
  const SmallSet set;
  set.write(folder_.path());
  std::filesystem::remove(file("t10k-labels-idx1-ubyte"));
  EXPECT_THAT(error_of([&] { idx_source(folder_.path()).load(1); }),
              AllOf(HasSubstr(folder_.path() + ": no t10k-labels-idx1-ubyte and no "
                                               "t10k-labels-idx1-ubyte.gz"),
                    HasSubstr("data.source.idx.folder must name")));
  EXPECT_THAT(error_of([&] { idx_source("/no/such/folder").load(1); }),
              HasSubstr("/no/such/folder: no train-images-idx3-ubyte"));
}

TEST_F(Idx, ValidationByContentKeepsEqualImagesTogetherAndFollowsTheSeed) {
  SmallSet set;  // image i equals image i + 1000
  Bytes pixels = some_pixels(2000, 12);
  for (uint32_t i = 0; i < 2000; ++i) {
    const uint32_t number = i % 1000;
    pixels[12 * i] = static_cast<uint8_t>(number);
    pixels[12 * i + 1] = static_cast<uint8_t>(number >> 8);
    for (uint32_t v = 2; v < 12; ++v) pixels[12 * i + v] = 9;
  }
  set.train_images = idx_bytes({2000, 4, 3}, pixels);
  set.train_labels = idx_bytes({2000}, some_labels(2000, 5));
  set.write(folder_.path());
  IdxSource source = idx_source(folder_.path());
  source.idx.validation = 0.2;
  const std::vector<int32_t> val = source.load(1).split.val;
  EXPECT_NEAR(static_cast<double>(val.size()), 400, 80);
  EXPECT_EQ(val.size() % 2, 0u);
  for (size_t i = 0; i < val.size() / 2; ++i) EXPECT_EQ(val[i] + 1000, val[val.size() / 2 + i]);
  EXPECT_EQ(source.load(1).split.val, val);
  EXPECT_NE(source.load(2).split.val, val);
  source.idx.validation = 0;
  EXPECT_TRUE(source.load(1).split.val.empty());
}

TEST(Mnist, IsRead) {
  SKIP_WITHOUT_SHARED_DATA();
  const Images images = idx_source(shared_data() + "/mnist").load(1);
  EXPECT_EQ(images.count(), 70000);
  EXPECT_EQ(images.values(), 28 * 28);
  EXPECT_EQ(images.classes, 10);
  EXPECT_EQ(images.split.test.size(), 10000u);
  EXPECT_NEAR(static_cast<double>(images.split.val.size()), 6000, 300);
  const PixelMap map = standardised(images);
  EXPECT_NEAR(1 / (255 * map.scale), 0.308, 0.002);  // deviation and mean as usually given
  EXPECT_NEAR(-map.shift / (255 * map.scale), 0.1307, 0.001);
}

}  // namespace
}  // namespace laconic::data::test
