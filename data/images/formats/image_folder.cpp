// Images in one folder per class: FOLDER/CLASS/*.png, or FOLDER/{train,val,test}/CLASS/*.png. The
// classes are the names of the folders in the order of the alphabet. Images that lie directly in
// FOLDER have no class and are for test alone: a network can predict them. All images have one size;
// grey ones among coloured ones get three equal channels.
#include "data/images/formats/image_folder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "data/images/formats/picture.hpp"
#include "data/unpacked.hpp"
#include "framework/base/error.hpp"
#include "framework/base/hash.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {
namespace {

namespace fs = std::filesystem;

std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return ending;
}

bool is_picture(const fs::path& path) {
  const std::string ending = ending_of(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

bool is_other_picture(const fs::path& path) {
  constexpr std::array endings = {".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"};
  return std::ranges::find(endings, ending_of(path)) != endings.end();
}

struct Found {
  std::vector<fs::path> folders, pictures;  // sorted
};

Found look_into(const fs::path& folder) {
  Found found;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    if (entry.path().filename().string().starts_with('.')) continue;
    if (entry.is_directory())
      found.folders.push_back(entry.path());
    else if (is_picture(entry.path()))
      found.pictures.push_back(entry.path());
    else if (is_other_picture(entry.path()))
      fail(ExitCode::data, "{}: is neither PNG nor JPEG; mogrify -format png FILE converts it",
           entry.path().string());
  }
  if (problem) fail(ExitCode::data, "{}: cannot be read: {}", folder.string(), problem.message());
  std::ranges::sort(found.folders);
  std::ranges::sort(found.pictures);
  return found;
}

// The part of the data that a folder of this name is for; null: it is a class.
std::vector<int32_t> Split::*part_named(const std::string& name) {
  if (name == "train" || name == "training") return &Split::train;
  if (name == "val" || name == "valid" || name == "validation") return &Split::val;
  if (name == "test") return &Split::test;
  return nullptr;
}

void append_picture(const fs::path& path, int32_t label, const fs::path& root, Images& images) {
  Picture picture = decode(read_unpacked(path.string()), path.string());
  if (images.count() == 0) {
    images.height = picture.height;
    images.width = picture.width;
    images.channels = picture.channels;
  } else if (picture.height != images.height || picture.width != images.width) {
    fail(ExitCode::data,
         "{}: {} x {} pixels, but {} has {} x {}; mogrify -resize {}x{}! FILES makes them equal",
         path.string(), picture.height, picture.width, images.names.front(), images.height,
         images.width, images.width, images.height);
  }
  if (picture.channels < images.channels) picture.pixels = three_channels(picture.pixels);
  if (picture.channels > images.channels) {
    images.pixels = three_channels(images.pixels);
    images.channels = 3;
  }
  images.pixels.insert(images.pixels.end(), picture.pixels.begin(), picture.pixels.end());
  if ((images.count() & 0xff) == 0) require_memory(std::ssize(images.pixels), root.string());
  images.labels.push_back(label);
  images.names.push_back(path.lexically_relative(root).generic_string());
}

struct Classes {
  std::vector<std::string> names;
  int32_t of(const fs::path& folder) const {
    const auto at = std::ranges::lower_bound(names, folder.filename().string());
    return static_cast<int32_t>(at - names.begin());
  }
  void add(const std::vector<fs::path>& folders) {
    for (const fs::path& folder : folders) names.push_back(folder.filename().string());
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
  }
};

// Gives images [first, end) to train, val and test by a hash of their content, so that equal images
// stay together.
void share_out(const Images& images, int64_t first, double val, double test, int64_t seed,
               Split& split) {
  const Random random(static_cast<uint64_t>(seed), Stream::split);
  for (int64_t i = first; i < images.count(); ++i) {
    const auto bytes = images.image(i);
    const double at = random.uniform(
        hash(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
    (at < test         ? split.test
     : at < test + val ? split.val
                       : split.train)
        .push_back(static_cast<int32_t>(i));
  }
}

}  // namespace

Images ImageFolderSource::load(int64_t seed) const {
  const fs::path root = image_folder.folder;
  const Found top = look_into(root);
  const auto is_part = [](const fs::path& f) { return part_named(f.filename().string()); };
  const bool has_parts = std::ranges::any_of(
      top.folders, [&](const fs::path& f) { return is_part(f) == &Split::train; });
  Images images;
  images.name = root.string();
  Classes classes;
  if (!has_parts) classes.add(top.folders);
  if (has_parts)
    for (const fs::path& folder : top.folders)
      if (is_part(folder)) classes.add(look_into(folder).folders);
  const auto append_classes = [&](const Found& found) {
    for (const fs::path& folder : found.folders)
      for (const fs::path& path : look_into(folder).pictures)
        append_picture(path, classes.of(folder), root, images);
  };
  Split& split = images.split;
  if (has_parts) {
    bool has_val = false, has_test = false;
    for (const fs::path& folder : top.folders) {
      has_val = has_val || is_part(folder) == &Split::val;
      has_test = has_test || is_part(folder) == &Split::test;
    }
    for (const fs::path& folder : top.folders) {
      const auto part = is_part(folder);
      if (!part) continue;
      const int64_t first = images.count();
      append_classes(look_into(folder));
      if (part == &Split::train)
        share_out(images, first, has_val ? 0 : image_folder.validation,
                  has_test ? 0 : image_folder.test, seed, split);
      else
        for (int64_t i = first; i < images.count(); ++i)
          (split.*part).push_back(static_cast<int32_t>(i));
    }
    for (auto* part : {&split.train, &split.val, &split.test}) std::ranges::sort(*part);
  } else if (!top.folders.empty()) {
    append_classes(top);
    share_out(images, 0, image_folder.validation, image_folder.test, seed, split);
  } else {
    for (const fs::path& path : top.pictures) append_picture(path, -1, root, images);
    for (int32_t i = 0; i < images.count(); ++i) split.test.push_back(i);
  }
  if (images.count() == 0)
    fail(ExitCode::data,
         "{}: no PNG or JPEG images; expected one folder per class, or train/CLASS, "
         "val/CLASS and test/CLASS",
         root.string());
  images.class_names = std::move(classes.names);
  images.classes = static_cast<int32_t>(images.class_names.size());
  return images;
}

void ImageFolderSource::describe(config::Fields& f) {
  f.group("image_folder", image_folder, "folders of images");
}

void ImageFolderSource::check(const config::Checks& checks) const {
  if (image_folder.folder.empty())
    checks.refuse("image_folder.folder", "required with data.source.format: image_folder");
  if (image_folder.validation + image_folder.test >= 1)
    checks.refuse("image_folder.test",
                  "with data.source.image_folder.validation no image is left "
                  "for training; their sum must be below 1");
}

void ImageFolderOptions::describe(config::Fields& f) {
  f.path("folder", folder, "folder with a folder per class, or with train, val and test of them");
  f.real("validation", validation,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of the images kept for validation, where there is no folder val"});
  f.real("test", test,
         {.min = 0,
          .max = 1,
          .exclusive_max = true,
          .help = "share of the images kept for test, where there is no folder test"});
}

bool is_image_folder(const std::string& folder) {
  std::error_code problem;
  for (auto at = fs::recursive_directory_iterator(folder, problem);
       at != fs::recursive_directory_iterator(); at.increment(problem)) {
    if (problem || at.depth() > 2) return false;
    if (at->is_regular_file() && is_picture(at->path())) return true;
  }
  return false;
}

}  // namespace laconic::data
