#include "data/images/formats/idx_writer.hpp"

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic::data {
namespace {

std::string header(const std::vector<int64_t>& sizes) {
  std::string text = {0, 0, 8, static_cast<char>(sizes.size())};
  for (const int64_t size : sizes)
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(size >> shift & 255);
  return text;
}

void write_pair(const Images& images, const std::vector<int32_t>& rows, const std::string& start) {
  std::vector<int64_t> sizes = {std::ssize(rows), images.height, images.width};
  if (images.channels > 1) sizes.push_back(images.channels);
  std::string pixels = header(sizes), labels = header({std::ssize(rows)});
  for (const int32_t row : rows) {
    const auto image = images.image(row);
    pixels.append(image.begin(), image.end());
    labels += static_cast<char>(images.labels[row]);
  }
  write_atomically(real_files(), start + "-images-idx3-ubyte", pixels);
  write_atomically(real_files(), start + "-labels-idx1-ubyte", labels);
}

}  // namespace

std::string write_idx_folder(const Images& images, const std::string& folder) {
  if (images.classes < 1 || std::ranges::count(images.labels, -1) > 0)
    fail(ExitCode::data, "{}: images without a class cannot be stored with labels", images.name);
  if (images.classes > 256)
    fail(ExitCode::data, "{}: {} classes; allowed: 256; use data.source.format=image_folder",
         images.name, images.classes);
  if (images.split.test.empty() || images.split.train.empty())
    fail(ExitCode::data, "{}: no images for {}", images.name,
         images.split.test.empty() ? "test" : "training");
  FileSystem& files = real_files();
  const std::string temporary = temporary_name(files, folder);
  files.make_directories(temporary);
  std::vector<int32_t> training = images.split.train;
  training.insert(training.end(), images.split.val.begin(), images.split.val.end());
  write_pair(images, training, temporary + "/train");
  write_pair(images, images.split.test, temporary + "/t10k");
  std::string names;
  for (const std::string& name : images.class_names) names += name + "\n";
  if (!names.empty()) write_atomically(files, temporary + "/class_names.txt", names);
  files.rename(temporary, folder);
  return fmt::format(
      "data.source.idx.validation={} data.source.idx.validation_by=tail",
      static_cast<double>(images.split.val.size()) / static_cast<double>(training.size()));
}

}  // namespace laconic::data
