// A data set in four files like MNIST's: images and labels, for training and for test. Rows are the
// training images, then the test images, each in the order of its file. Validation images are a
// share of the training images: the last ones, or those whose hash is below that share. The hash is
// of the content, so equal images stay together.
#include "data/images/formats/idx.hpp"

#include <algorithm>
#include <filesystem>

#include "data/images/formats/idx_file.hpp"
#include "data/unpacked.hpp"
#include "framework/base/error.hpp"
#include "framework/base/hash.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

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

// Reads one of the two pairs of files. `classes` = 0: the number follows from the labels.
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

void split(const IdxOptions& options, int64_t seed, int64_t training, Images& images) {
  const double share = options.validation;
  const Random random(static_cast<uint64_t>(seed), Stream::split);
  const bool tail = options.validation_by == IdxOptions::ValidationBy::tail;
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

// Reads class_names.txt, one name per line, if there is one.
std::vector<std::string> class_names(const std::string& folder) {
  const std::string path = folder + "/class_names.txt";
  std::vector<std::string> names;
  if (!std::filesystem::exists(path)) return names;
  const std::string text = read_unpacked(path);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace

Images IdxSource::load(int64_t seed) const {
  Images images;
  images.name = std::filesystem::path(idx.folder).filename().string();
  append_pair(idx.folder, "train", idx.classes, images);
  const int64_t training = images.count();
  images.class_names = class_names(idx.folder);
  const int64_t classes = idx.classes > 0 ? idx.classes
                          : !images.class_names.empty()
                              ? std::ssize(images.class_names)
                              : 1 + *std::max_element(images.labels.begin(), images.labels.end());
  images.classes = static_cast<int32_t>(classes);
  append_pair(idx.folder, "t10k", classes, images);
  const int32_t most = std::ranges::max(images.labels);
  if (!images.class_names.empty() && (std::ssize(images.class_names) != classes || most >= classes))
    fail(ExitCode::data, "{}/class_names.txt: {} names, but there are {} classes", idx.folder,
         images.class_names.size(), std::max<int64_t>(classes, most + 1));
  split(idx, seed, training, images);
  return images;
}

void IdxSource::describe(config::Fields& f) {
  f.group("idx", idx, "the four files");
}

void IdxSource::check(const config::Checks& checks) const {
  if (idx.folder.empty()) checks.refuse("idx.folder", "required with data.source.format: idx");
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
  f.choice("validation_by", validation_by,
           {{"content", ValidationBy::content}, {"tail", ValidationBy::tail}},
           "which ones: by a hash of the image and data.source.seed, or the last of the file");
}

}  // namespace laconic::data
