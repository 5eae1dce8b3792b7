// A data set in the four files of MNIST (and of those that took its form): images and labels, for
// training and for test. Rows are the training images, then the test images, each in the order of
// its file. Validation images are a share of the training images: the last ones, or those whose
// content hashes below it, so that equal images stay together.
#include <algorithm>
#include <filesystem>

#include "data/hash.hpp"
#include "data/images/formats/formats.hpp"
#include "data/images/formats/idx_file.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"

namespace laconic::data {
namespace {

std::string find_file(const std::string& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"})
    if (const std::string path = folder + "/" + name + ending; std::filesystem::exists(path))
      return path;
  fail(ExitCode::data,
       "{0}: no {1} and no {1}.gz; data.source.idx.folder must name a folder with "
       "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
       "t10k-labels-idx1-ubyte, each plain or with .gz",
       folder, name);
}

// One of the two pairs of files. `classes` 0: whatever the labels say.
void append_pair(const std::string& folder, const std::string& which, int64_t classes,
                 Images& images) {
  const std::string pixels_path = find_file(folder, which + "-images-idx3-ubyte");
  const std::string labels_path = find_file(folder, which + "-labels-idx1-ubyte");
  const IdxFile pixels = read_idx(pixels_path), labels = read_idx(labels_path);
  if (pixels.sizes.size() < 3)
    fail(ExitCode::data, "{}: byte 0: holds labels, must hold images", pixels_path);
  if (labels.sizes.size() != 1)
    fail(ExitCode::data, "{}: byte 0: holds images, must hold labels", labels_path);
  if (labels.sizes[0] != pixels.sizes[0])
    fail(ExitCode::data, "{}: byte 4: {} labels, but {} has {} images", labels_path,
         labels.sizes[0], pixels_path, pixels.sizes[0]);
  const int64_t channels = pixels.sizes.size() == 4 ? pixels.sizes[3] : 1;
  if (images.count() == 0) {
    images.height = pixels.sizes[1];
    images.width = pixels.sizes[2];
    images.channels = channels;
  } else if (pixels.sizes[1] != images.height || pixels.sizes[2] != images.width ||
             channels != images.channels) {
    fail(ExitCode::data, "{}: byte 8: images of {} x {} x {}, those for training have {} x {} x {}",
         pixels_path, pixels.sizes[1], pixels.sizes[2], channels, images.height, images.width,
         images.channels);
  }
  for (size_t i = 0; i < labels.bytes.size(); ++i)
    if (classes > 0 && labels.bytes[i] >= classes)
      fail(ExitCode::data, "{}: byte {}: label {} of image {}; allowed: 0 to {}", labels_path,
           labels.header() + static_cast<int64_t>(i), labels.bytes[i], i, classes - 1);
  images.pixels.insert(images.pixels.end(), pixels.bytes.begin(), pixels.bytes.end());
  images.labels.insert(images.labels.end(), labels.bytes.begin(), labels.bytes.end());
}

void split(const SourceOptions& options, int64_t training, Images& images) {
  const double share = options.idx.validation;
  const Random random(static_cast<uint64_t>(options.seed), Stream::split);
  const bool tail = options.idx.validation_by == "tail";
  const auto first_of_tail =
      training - static_cast<int64_t>(share * static_cast<double>(training) + 0.5);
  for (int64_t i = 0; i < images.count(); ++i) {
    const auto bytes = images.image(i);
    const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool held_out =
        i < training && (tail ? i >= first_of_tail : random.uniform(hash(content)) < share);
    auto& part = i >= training ? images.split.test
                 : held_out    ? images.split.val
                               : images.split.train;
    part.push_back(static_cast<int32_t>(i));
  }
}

Images load(const SourceOptions& options) {
  const std::string& folder = options.idx.folder;
  Images images;
  images.name = std::filesystem::path(folder).filename().string();
  append_pair(folder, "train", options.idx.classes, images);
  const int64_t training = images.count();
  const int64_t classes = options.idx.classes > 0
                              ? options.idx.classes
                              : 1 + *std::max_element(images.labels.begin(), images.labels.end());
  images.classes = static_cast<int32_t>(classes);
  append_pair(folder, "t10k", classes, images);
  split(options, training, images);
  return images;
}

}  // namespace

ImageFormat idx_format() {
  return {"idx", "the four files of MNIST, plain or gzip", load};
}

void IdxOptions::describe(config::Fields& f) {
  f.path("folder", folder, "folder of the four files");
  f.integer("classes", classes,
            {.min = 0,
             .max = 256,
             .help = "classes; labels must be below; 0 = the largest training label + 1"});
  f.real("validation", validation,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of the training images kept for validation"});
  f.choice("validation_by", validation_by, {"content", "tail"},
           "which ones: by a hash of the image and data.source.seed, or the last of the file");
}

}  // namespace laconic::data
